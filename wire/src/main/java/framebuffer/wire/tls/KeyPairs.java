package framebuffer.wire.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** Checks that two keys are a pair, by a signature. */
final class KeyPairs {
    private static final byte[] TEXT = {1, 2, 3};

    private KeyPairs() {
    }

    static boolean belong(PrivateKey secret, PublicKey open) throws GeneralSecurityException {
        if (!secret.getAlgorithm().equals(open.getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        });
        signature.initSign(secret);
        signature.update(TEXT);
        byte[] signed = signature.sign();
        signature.initVerify(open);
        signature.update(TEXT);
        return signature.verify(signed);
    }
}
