// SPDX-License-Identifier: Apache-2.0
//
// Bouncy Castle's opinion. Reads from the directory that is its argument the objects that assent
// made and verifies them, then writes objects of its own for assent to verify. Prints one line
// "ok <what>" for each that it accepts; any failure ends it with a stack trace.
//
//     java -cp bcprov.jar:bcpkix.jar:bcutil.jar PkiOracle.java DIRECTORY SECONDS_SINCE_1970

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

public class PkiOracle {
    private static final ASN1ObjectIdentifier SM3 = GMObjectIdentifiers.sm3;
    private static Path directory;
    private static Date now;

    private static byte[] read(String name) throws Exception {
        return Files.readAllBytes(directory.resolve(name));
    }

    private static void write(String name, byte[] bytes) throws Exception {
        Files.write(directory.resolve(name), bytes);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException("refused: " + what);
        }
        System.out.println("ok " + what);
    }

    private static X509Certificate certificate(String name) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509", "BC")
                .generateCertificate(new ByteArrayInputStream(read(name)));
    }

    private static X509CRL crl(String name) throws Exception {
        return (X509CRL) CertificateFactory.getInstance("X.509", "BC")
                .generateCRL(new ByteArrayInputStream(read(name)));
    }

    private static void verifyChain() throws Exception {
        X509Certificate root = certificate("root.der");
        X509Certificate ca = certificate("ca.der");
        X509Certificate person = certificate("person.der");
        X509CRL rootCrl = crl("root.crl");
        X509CRL caCrl = crl("ca.crl");
        rootCrl.verify(root.getPublicKey(), "BC");
        caCrl.verify(ca.getPublicKey(), "BC");
        require(caCrl.getRevokedCertificate(BigInteger.valueOf(0x81)) != null, "crl");
        PKIXParameters parameters =
                new PKIXParameters(Collections.singleton(new TrustAnchor(root, null)));
        parameters.addCertStore(CertStore.getInstance("Collection",
                new CollectionCertStoreParameters(Arrays.asList(rootCrl, caCrl)), "BC"));
        parameters.setRevocationEnabled(true);
        parameters.setDate(now);
        CertPathValidator validator = CertPathValidator.getInstance("PKIX", "BC");
        CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
        validator.validate(factory.generateCertPath(Arrays.asList(person, ca)), parameters);
        require(true, "certificate path");
    }

    private static void verifyRequest() throws Exception {
        PKCS10CertificationRequest request = new PKCS10CertificationRequest(read("person.csr"));
        require(request.isSignatureValid(new JcaContentVerifierProviderBuilder()
                .setProvider("BC").build(request.getSubjectPublicKeyInfo())), "csr");
    }

    private static void verifySignedData() throws Exception {
        CMSSignedData message = new CMSSignedData(read("message.cms"));
        SignerInformation signer = message.getSignerInfos().iterator().next();
        require(signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC")
                .build(certificate("person.der"))), "signed data");
    }

    private static void verifyTimestamp() throws Exception {
        TimeStampRequest request = new TimeStampRequest(read("stamp.tsq"));
        TimeStampResponse response = new TimeStampResponse(read("stamp.tsr"));
        response.validate(request);
        response.getTimeStampToken().validate(new JcaSimpleSignerInfoVerifierBuilder()
                .setProvider("BC").build(certificate("timestamp.der")));
        require(response.getTimeStampToken().getTimeStampInfo().getGenTime().getTime() / 1000
                == now.getTime() / 1000, "time stamp");
    }

    private static KeyPair makeKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "BC");
        generator.initialize(new ECGenParameterSpec("sm2p256v1"));
        return generator.generateKeyPair();
    }

    private static ContentSigner signer(KeyPair key) throws Exception {
        return new JcaContentSignerBuilder("SM3withSM2").setProvider("BC").build(key.getPrivate());
    }

    private static X509CertificateHolder makeCertificate(KeyPair key, String subject,
            KeyPair issuerKey, X500Name issuer, int serial, Extension... extensions)
            throws Exception {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(issuer,
                BigInteger.valueOf(serial), new Date(now.getTime() - 86400000L),
                new Date(now.getTime() + 86400000L), new X500Name(subject), key.getPublic());
        JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.subjectKeyIdentifier, false,
                utils.createSubjectKeyIdentifier(key.getPublic()));
        builder.addExtension(Extension.authorityKeyIdentifier, false,
                utils.createAuthorityKeyIdentifier(issuerKey.getPublic()));
        for (Extension extension : extensions) {
            builder.addExtension(extension);
        }
        return builder.build(signer(issuerKey));
    }

    private static Extension critical(ASN1ObjectIdentifier oid,
            org.bouncycastle.asn1.ASN1Encodable value) throws Exception {
        return new Extension(oid, true, value.toASN1Primitive().getEncoded());
    }

    private static void makeList(KeyPair caKey, X500Name ca) throws Exception {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(ca, new Date(now.getTime() - 3600000L));
        builder.setNextUpdate(new Date(now.getTime() + 3600000L));
        builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(7)));
        builder.addExtension(Extension.authorityKeyIdentifier, false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(caKey.getPublic()));
        builder.addCRLEntry(BigInteger.valueOf(200), new Date(now.getTime() - 60000L),
                CRLReason.certificateHold);
        write("bc.crl", builder.build(signer(caKey)).getEncoded());
    }

    private static SignerInfoGenerator signerInfo(KeyPair key, X509CertificateHolder certificate)
            throws Exception {
        return new JcaSignerInfoGeneratorBuilder(
                new JcaDigestCalculatorProviderBuilder().setProvider("BC").build())
                .build(signer(key), certificate);
    }

    private static void makeTimestamp(KeyPair key, X509CertificateHolder certificate)
            throws Exception {
        TimeStampRequestGenerator requests = new TimeStampRequestGenerator();
        requests.setCertReq(true);
        TimeStampRequest request =
                requests.generate(SM3, new byte[32], BigInteger.valueOf(0x8899aabbccL));
        write("bc.tsq", request.getEncoded());
        DigestCalculatorProvider digests =
                new JcaDigestCalculatorProviderBuilder().setProvider("BC").build();
        DigestCalculator digest = digests.get(new AlgorithmIdentifier(SM3));
        TimeStampTokenGenerator tokens = new TimeStampTokenGenerator(signerInfo(key, certificate),
                digest, new ASN1ObjectIdentifier("1.2.3.4"));
        tokens.setAccuracySeconds(1);
        tokens.addCertificates(new JcaCertStore(List.of(certificate)));
        write("bc.tst", tokens.generate(request, BigInteger.valueOf(77), now).getEncoded());
        // As before RFC 5816: the signer's certificate named by its SHA-1 (ESSCertID).
        TimeStampTokenGenerator old = new TimeStampTokenGenerator(signerInfo(key, certificate),
                digests.get(new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1)),
                new ASN1ObjectIdentifier("1.2.3.4"));
        old.addCertificates(new JcaCertStore(List.of(certificate)));
        write("bc-old.tst", old.generate(request, BigInteger.valueOf(78), now).getEncoded());
    }

    private static void makeObjects() throws Exception {
        KeyPair caKey = makeKey();
        X500Name ca = new X500Name("C=CN,O=Oracle,CN=Oracle CA");
        write("bc-ca.der", makeCertificate(caKey, "C=CN,O=Oracle,CN=Oracle CA", caKey, ca, 1,
                critical(Extension.basicConstraints, new BasicConstraints(true)),
                critical(Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
        ).getEncoded());
        makeList(caKey, ca);
        KeyPair userKey = makeKey();
        X509CertificateHolder user = makeCertificate(userKey, "C=CN,CN=Oracle User", caKey, ca, 2,
                critical(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature)));
        write("bc-user.der", user.getEncoded());
        write("bc.csr", new JcaPKCS10CertificationRequestBuilder(
                new X500Name("C=CN,CN=Oracle User"), userKey.getPublic())
                .build(signer(userKey)).getEncoded());
        CMSSignedDataGenerator messages = new CMSSignedDataGenerator();
        messages.addSignerInfoGenerator(signerInfo(userKey, user));
        messages.addCertificates(new JcaCertStore(List.of(user)));
        write("bc.cms", messages.generate(new CMSProcessableByteArray("oracle".getBytes()), true)
                .getEncoded("DER"));
        KeyPair tsaKey = makeKey();
        makeTimestamp(tsaKey, makeCertificate(tsaKey, "C=CN,CN=Oracle TSA", caKey, ca, 3,
                critical(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature)),
                critical(Extension.extendedKeyUsage,
                        new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping))));
        require(true, "objects made");
    }

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        directory = Path.of(arguments[0]);
        now = new Date(Long.parseLong(arguments[1]) * 1000L);
        verifyChain();
        verifyRequest();
        verifySignedData();
        verifyTimestamp();
        makeObjects();
    }
}
