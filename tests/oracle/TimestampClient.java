// SPDX-License-Identifier: Apache-2.0
//
// A client of a time-stamp authority as programs with Bouncy Castle are: asks over plain HTTP with
// the digests of its world and judges the answers.
//
//     java -cp bcprov.jar:bcpkix.jar:bcutil.jar TimestampClient.java URL
//
// Prints one line for each request: "ok NAME", or "refused NAME STATUS FAILINFO".
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.HttpURLConnection;
import java.net.URL;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Collection;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

public class TimestampClient {
    static TimeStampResponse send(String url, byte[] query) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
        connection.setDoOutput(true);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/timestamp-query");
        try (OutputStream out = connection.getOutputStream()) {
            out.write(query);
        }
        if (!"application/timestamp-reply".equals(connection.getContentType())) {
            throw new IllegalStateException("answered with " + connection.getContentType());
        }
        return new TimeStampResponse(connection.getInputStream());
    }

    @SuppressWarnings("unchecked")
    static void validate(TimeStampToken token) throws Exception {
        Collection<X509CertificateHolder> signers =
                token.getCertificates().getMatches(token.getSID());
        if (signers.size() != 1) {
            throw new IllegalStateException("the signer's certificate is not there");
        }
        token.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(
                signers.iterator().next()));
    }

    static void ask(String url, String name, ASN1ObjectIdentifier algorithm, int size,
            BigInteger nonce) throws Exception {
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        byte[] digest = new byte[size];
        new SecureRandom().nextBytes(digest);
        generator.setCertReq(true);
        TimeStampRequest request = nonce == null ? generator.generate(algorithm, digest)
                                                 : generator.generate(algorithm, digest, nonce);
        TimeStampResponse response = send(url, request.getEncoded());
        response.validate(request);
        if (response.getTimeStampToken() == null) {
            System.out.println("refused " + name + " " + response.getStatus() + " "
                    + response.getFailInfo().intValue());
            return;
        }
        validate(response.getTimeStampToken());
        System.out.println("ok " + name);
    }

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        String url = arguments[0];
        ask(url, "sm3", GMObjectIdentifiers.sm3, 32, BigInteger.valueOf(1));
        ask(url, "sha256", TSPAlgorithms.SHA256, 32, new BigInteger(64, new SecureRandom()));
        ask(url, "sha384", TSPAlgorithms.SHA384, 48, BigInteger.valueOf(-1000));
        ask(url, "sha512", TSPAlgorithms.SHA512, 64, null);
        ask(url, "long nonce", TSPAlgorithms.SHA256, 32, BigInteger.ONE.shiftLeft(1000));
        ask(url, "sha1", TSPAlgorithms.SHA1, 20, BigInteger.TEN);
    }
}
