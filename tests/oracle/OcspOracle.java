// SPDX-License-Identifier: Apache-2.0
//
// Bouncy Castle's opinion of OCSP. Reads from the directory that is its argument a request and a
// response that assent made, and verifies them; then writes a request, and a response signed by a
// delegate of its own CA, for assent to verify. Prints one line "ok <what>" for each that it
// accepts; any failure ends it with a stack trace.
//
//     java -cp bcprov.jar:bcpkix.jar:bcutil.jar OcspOracle.java DIRECTORY SECONDS_SINCE_1970

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

public class OcspOracle {
    private static Path directory;
    private static Date now;
    private static DigestCalculatorProvider digests;

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

    private static DigestCalculator sm3() throws Exception {
        return digests.get(new AlgorithmIdentifier(GMObjectIdentifiers.sm3));
    }

    private static void readOurs() throws Exception {
        X509CertificateHolder ca = new X509CertificateHolder(read("ca.der"));
        OCSPReq request = new OCSPReq(read("request.der"));
        CertificateID id = request.getRequestList()[0].getCertID();
        require(request.getRequestList().length == 1 && id.matchesIssuer(ca, digests)
                && id.getSerialNumber().equals(BigInteger.valueOf(3)), "request");
        OCSPResp response = new OCSPResp(read("response.der"));
        require(response.getStatus() == OCSPResp.SUCCESSFUL, "status");
        BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
        X509CertificateHolder delegate = basic.getCerts()[0];
        JcaContentVerifierProviderBuilder verifiers =
                new JcaContentVerifierProviderBuilder().setProvider("BC");
        require(basic.isSignatureValid(verifiers.build(delegate)), "signature");
        require(delegate.isSignatureValid(verifiers.build(ca)), "delegate");
        require(ExtendedKeyUsage.fromExtensions(delegate.getExtensions())
                .hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning), "key usage");
        require(basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce).getParsedValue()
                .equals(request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)
                        .getParsedValue()), "nonce");
        SingleResp single = basic.getResponses()[0];
        RevokedStatus revoked = (RevokedStatus) single.getCertStatus();
        require(single.getCertID().equals(id) && revoked.getRevocationReason() == 6
                && revoked.getRevocationTime().equals(new Date(now.getTime() - 7200000)), "answer");
    }

    private static KeyPair newKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "BC");
        generator.initialize(new ECGenParameterSpec("sm2p256v1"));
        return generator.generateKeyPair();
    }

    private static ContentSigner signer(KeyPair key) throws Exception {
        return new JcaContentSignerBuilder("SM3withSM2").setProvider("BC").build(key.getPrivate());
    }

    private static X509CertificateHolder certify(KeyPair ca, KeyPair key, String name,
            boolean isCa) throws Exception {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name("CN=Oracle CA"), BigInteger.valueOf(isCa ? 1 : 2),
                new Date(now.getTime() - 86400000L), new Date(now.getTime() + 86400000L),
                new X500Name(name), key.getPublic());
        if (isCa) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        } else {
            builder.addExtension(Extension.extendedKeyUsage, true,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning));
        }
        return builder.build(signer(ca));
    }

    private static void writeTheirs() throws Exception {
        KeyPair caKey = newKey();
        KeyPair delegateKey = newKey();
        X509CertificateHolder ca = certify(caKey, caKey, "CN=Oracle CA", true);
        X509CertificateHolder delegate = certify(caKey, delegateKey, "CN=Oracle OCSP", false);
        Extensions nonce = new Extensions(new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                false, new DEROctetString(new DEROctetString(new byte[32]))));
        BigInteger[] serials = {BigInteger.valueOf(10), BigInteger.valueOf(11),
            BigInteger.valueOf(12)};
        CertificateStatus[] statuses = {CertificateStatus.GOOD,
            new RevokedStatus(now, CRLReason.keyCompromise), new UnknownStatus()};
        OCSPReqBuilder request = new OCSPReqBuilder().setRequestExtensions(nonce);
        BasicOCSPRespBuilder response = new BasicOCSPRespBuilder(
                new RespID(delegate.getSubject())).setResponseExtensions(nonce);
        for (int i = 0; i < serials.length; i++) {
            CertificateID id = new CertificateID(sm3(), ca, serials[i]);
            request.addRequest(id);
            response.addResponse(id, statuses[i], now, new Date(now.getTime() + 3600000));
        }
        X509CertificateHolder[] chain = {delegate, ca};
        BasicOCSPResp basic = response.build(signer(delegateKey), chain, now);
        write("bc-ca.der", ca.getEncoded());
        write("bc-request.der", request.build().getEncoded());
        write("bc-response.der",
                new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded());
        write("bc-refusal.der",
                new OCSPRespBuilder().build(OCSPRespBuilder.TRY_LATER, null).getEncoded());
    }

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        directory = Path.of(arguments[0]);
        now = new Date(Long.parseLong(arguments[1]) * 1000);
        digests = new JcaDigestCalculatorProviderBuilder().setProvider("BC").build();
        readOurs();
        writeTheirs();
        System.out.println("ok everything " + Arrays.asList("ours", "theirs"));
    }
}
