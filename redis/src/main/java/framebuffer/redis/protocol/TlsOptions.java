package framebuffer.redis.protocol;

import framebuffer.wire.tls.TlsFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import redis.clients.jedis.SslOptions;

/** The TLS of a connection. The certificate of the server must bear the name in its address. */
public final class TlsOptions {
    private static final String TYPE = "PKCS12";
    /** Jedis takes stores as bytes, which have a password. They stay in memory. */
    private static final char[] PASSWORD = "memory".toCharArray();

    private TlsOptions() {
    }

    /**
     * Reads the files of an address.
     *
     * @throws IOException when a file cannot be read or used; the message names it
     */
    public static SslOptions of(TlsFiles files) throws IOException {
        SslOptions.Builder options = SslOptions.builder();
        try {
            KeyStore authorities = files.authorityStore();
            if (authorities != null) {
                options.trustStoreType(TYPE).truststore(resource(authorities), PASSWORD);
            }
            KeyStore own = files.ownStore(PASSWORD);
            if (own != null) {
                options.keyStoreType(TYPE).keystore(resource(own), PASSWORD);
            }
            return options.build();
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be used: " + e.getMessage(), e);
        }
    }

    private static SslOptions.Resource resource(KeyStore store) throws IOException, GeneralSecurityException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, PASSWORD);
        return () -> new ByteArrayInputStream(bytes.toByteArray());
    }
}
