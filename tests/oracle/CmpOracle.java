// SPDX-License-Identifier: Apache-2.0
//
// Bouncy Castle's opinion on CMP. Reads from the directory that is its argument the messages that
// assent made and verifies them, then writes messages of its own for assent to verify. Prints one
// line "ok <what>" for each that it accepts; any failure ends it with a stack trace.
//
//     java -cp bcprov.jar:bcpkix.jar:bcutil.jar CmpOracle.java DIRECTORY SECONDS_SINCE_1970

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.util.Date;
import org.bouncycastle.asn1.cmp.CertRepMessage;
import org.bouncycastle.asn1.cmp.PBMParameter;
import org.bouncycastle.asn1.cmp.PKIBody;
import org.bouncycastle.asn1.cmp.PKIFailureInfo;
import org.bouncycastle.asn1.cmp.PKIStatusInfo;
import org.bouncycastle.asn1.crmf.CertReqMessages;
import org.bouncycastle.asn1.crmf.CertReqMsg;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.cmp.GeneralPKIMessage;
import org.bouncycastle.cert.cmp.ProtectedPKIMessage;
import org.bouncycastle.cert.cmp.ProtectedPKIMessageBuilder;
import org.bouncycastle.cert.crmf.CertificateRequestMessage;
import org.bouncycastle.cert.crmf.PKMACBuilder;
import org.bouncycastle.cert.crmf.jcajce.JcaCertificateRequestMessageBuilder;
import org.bouncycastle.cert.crmf.jcajce.JcePKMACValuesCalculator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

public class CmpOracle {
    private static final char[] SECRET = "abc".toCharArray();
    private static Path directory;
    private static Date now;

    private static byte[] read(String name) throws Exception {
        return Files.readAllBytes(directory.resolve(name));
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
        System.out.println("ok " + what);
    }

    private static PKMACBuilder mac() throws Exception {
        return new PKMACBuilder(new JcePKMACValuesCalculator().setProvider("BC"))
            .setParameters(new PBMParameter(new byte[16],
                new AlgorithmIdentifier(GMObjectIdentifiers.sm3), 500,
                new AlgorithmIdentifier(GMObjectIdentifiers.hmac_sm3)));
    }

    private static ContentVerifierProvider verifier(X509CertificateHolder certificate)
        throws Exception {
        return new JcaContentVerifierProviderBuilder().setProvider("BC").build(certificate);
    }

    private static void judgeRequest() throws Exception {
        X509CertificateHolder signer = new X509CertificateHolder(read("signer.cer"));
        ProtectedPKIMessage message = new ProtectedPKIMessage(new GeneralPKIMessage(read("signed")));
        require(message.verify(verifier(signer)), "signed message");
        CertReqMsg[] requests =
            CertReqMessages.getInstance(message.getBody().getContent()).toCertReqMsgArray();
        CertificateRequestMessage request = new CertificateRequestMessage(requests[0]);
        SubjectPublicKeyInfo key = request.getCertTemplate().getPublicKey();
        require(request.isValidSigningKeyPOP(new JcaContentVerifierProviderBuilder()
            .setProvider("BC").build(key)), "proof of possession");
    }

    private static void judgeAnswer() throws Exception {
        ProtectedPKIMessage message = new ProtectedPKIMessage(new GeneralPKIMessage(read("mac")));
        require(message.verify(mac(), SECRET), "message with a MAC");
        require(!message.verify(mac(), "abd".toCharArray()), "not with another secret");
        require(message.getBody().getType() == PKIBody.TYPE_INIT_REP, "type of the answer");
        PKIStatusInfo status = CertRepMessage.getInstance(message.getBody().getContent())
            .getResponse()[0].getStatus();
        require(status.getStatus().intValue() == 2, "status");
        require((status.getFailInfo().intValue() & PKIFailureInfo.badPOP) != 0, "failInfo");
    }

    private static ProtectedPKIMessageBuilder begin(CertificateRequestMessage request) {
        GeneralName name = new GeneralName(new X500Name("CN=Bouncy Castle"));
        return new ProtectedPKIMessageBuilder(name, name).setMessageTime(now)
            .setTransactionID(new byte[16]).setSenderNonce(new byte[16])
            .setBody(new PKIBody(PKIBody.TYPE_INIT_REQ,
                new CertReqMessages(request.toASN1Structure())));
    }

    private static void speak() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "BC");
        generator.initialize(new ECGenParameterSpec("sm2p256v1"));
        KeyPair pair = generator.generateKeyPair();
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
        ContentSigner signer =
            new JcaContentSignerBuilder("SM3withSM2").setProvider("BC").build(pair.getPrivate());
        X500Name name = new X500Name("CN=Bouncy Castle");
        X509CertificateHolder certificate = new X509v3CertificateBuilder(name, BigInteger.ONE, now,
            new Date(now.getTime() + 86400000L), name, key).build(signer);
        CertificateRequestMessage named = new JcaCertificateRequestMessageBuilder(BigInteger.ZERO)
            .setSubject(name).setPublicKey(key)
            .setProofOfPossessionSigningKeySigner(signer).build();
        // Without a subject the proof has an input of its own.
        CertificateRequestMessage open = new JcaCertificateRequestMessageBuilder(BigInteger.ZERO)
            .setPublicKey(key).setAuthInfoSender(name)
            .setProofOfPossessionSigningKeySigner(signer).build();
        Files.write(directory.resolve("bc-signer.cer"), certificate.getEncoded());
        Files.write(directory.resolve("bc-signed"), begin(named).addCMPCertificate(certificate)
            .build(signer).toASN1Structure().getEncoded("DER"));
        Files.write(directory.resolve("bc-mac"),
            begin(open).build(mac().build(SECRET)).toASN1Structure().getEncoded("DER"));
    }

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        directory = Path.of(arguments[0]);
        now = new Date(Long.parseLong(arguments[1]) * 1000);
        judgeRequest();
        judgeAnswer();
        speak();
        System.out.println("ok all");
    }
}
