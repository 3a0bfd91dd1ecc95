package framebuffer.wire.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a PEM file (RFC 7468). Text between them is ignored. */
final class PemFile {
    private static final long LONGEST = 1 << 20;
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    /** The algorithm of RSA keys: SEQUENCE {1.2.840.113549.1.1.1, NULL}. */
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    /** The identifier of elliptic curves: 1.2.840.10045.2.1. */
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final byte[] VERSION_0 = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int CURVE = 0xa0;

    /** A block, such as {@code CERTIFICATE}. */
    private static final class Block {
        private final String label;
        private final byte[] content;

        Block(String label, byte[] content) {
            this.label = label;
            this.content = content;
        }
    }

    private final Path path;
    private final List<Block> blocks;

    private PemFile(Path path, List<Block> blocks) {
        this.path = path;
        this.blocks = blocks;
    }

    static PemFile read(Path path) throws IOException {
        try {
            if (Files.size(path) > LONGEST) {
                throw new IOException(path + " is too long for a PEM file");
            }
            Matcher found = BLOCK.matcher(Files.readString(path, StandardCharsets.ISO_8859_1));
            List<Block> blocks = new ArrayList<>();
            while (found.find()) {
                blocks.add(new Block(found.group(1), Base64.getMimeDecoder().decode(found.group(2))));
            }
            return new PemFile(path, blocks);
        } catch (NoSuchFileException e) {
            throw new IOException(path + " does not exist", e);
        } catch (IllegalArgumentException e) {
            throw new IOException(path + " is no PEM file", e);
        }
    }

    /**
     * The certificates, in the order of the file.
     *
     * @throws IOException when there is none, or one cannot be read
     */
    List<X509Certificate> certificates() throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks) {
                if (block.label.equals("CERTIFICATE")) {
                    certificates.add((X509Certificate) factory
                            .generateCertificate(new ByteArrayInputStream(block.content)));
                }
            }
        } catch (CertificateException e) {
            throw new IOException(path + " holds a certificate that cannot be read", e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(path + " holds no certificate (-----BEGIN CERTIFICATE-----)");
        }
        return certificates;
    }

    /**
     * The private key, in the form of PKCS#8, PKCS#1 or SEC 1.
     *
     * @throws IOException when there is none, it is encrypted, or it cannot be read
     */
    PrivateKey privateKey() throws IOException {
        for (Block block : blocks) {
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return key(block.content);
                }
                case "RSA PRIVATE KEY" -> {
                    return key(der(SEQUENCE, VERSION_0, RSA, der(OCTETS, block.content)));
                }
                case "EC PRIVATE KEY" -> {
                    return key(der(SEQUENCE, VERSION_0, der(SEQUENCE, EC, curve(block.content)),
                            der(OCTETS, block.content)));
                }
                case "ENCRYPTED PRIVATE KEY" -> throw new IOException(path
                        + " holds an encrypted key; decrypt it with `openssl pkey`, and protect the file by its mode");
                default -> {
                    continue;
                }
            }
        }
        throw new IOException(path + " holds no private key (-----BEGIN PRIVATE KEY-----)");
    }

    private PrivateKey key(byte[] pkcs8) throws IOException {
        GeneralSecurityException fault = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                fault = e;
            }
        }
        throw new IOException(path + " holds a key that cannot be read: RSA, EC and EdDSA are supported", fault);
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        int length = content.size();
        if (length > 0xff) {
            all.writeBytes(new byte[]{(byte) 0x82, (byte) (length >> 8)});
        } else if (length > 0x7f) {
            all.write(0x81);
        }
        all.write(length);
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    /** The curve in a key of SEC 1: SEQUENCE {version, OCTET STRING, [0] curve, …}. All lengths before it are below 128 or of one byte. */
    private byte[] curve(byte[] sec1) throws IOException {
        int at = sec1.length > 1 && (sec1[1] & 0xff) == 0x81 ? 3 : 2;
        while (at + 1 < sec1.length) {
            int end = at + 2 + sec1[at + 1];
            if (end > sec1.length || sec1[at + 1] < 0) {
                break;
            }
            if ((sec1[at] & 0xff) == CURVE) {
                return Arrays.copyOfRange(sec1, at + 2, end);
            }
            at = end;
        }
        throw new IOException(
                path + " holds a key without its curve; write it anew with `openssl pkcs8 -topk8 -nodes`");
    }
}
