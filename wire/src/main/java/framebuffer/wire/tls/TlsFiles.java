package framebuffer.wire.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files of one side of a TLS connection. They are read at each use, so that renewed files take effect.
 *
 * @param authorities certificates of the authorities that may vouch for the other side; null: those that the JDK trusts
 * @param certificate the own certificate, followed by those of its authorities; null: none
 * @param key the private key of the own certificate, not encrypted; null: none
 */
public record TlsFiles(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {
    /** No files: the authorities of the JDK, and no own certificate. */
    public static final TlsFiles NONE = new TlsFiles(null, null, null);

    private static final char[] NO_PASSWORD = new char[0];

    /**
     * @throws IllegalArgumentException when only one of certificate and key is given
     */
    public TlsFiles {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("a certificate and its key are given together");
        }
    }

    /** Whether any file is given. */
    public boolean isGiven() {
        return authorities != null || certificate != null;
    }

    /**
     * A context with what the files hold now.
     *
     * @throws IOException when a file cannot be read or used; the message names the file and the fault, and shows nothing of a key
     */
    public SSLContext context() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /**
     * A context for a client in the same process as the server with these files: it trusts exactly the own certificate that the file holds at
     * each connection, under whatever name the server is called.
     *
     * @throws IOException as for {@link #context}
     */
    public SSLContext ofOwnClient() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{new OwnCertificate(Objects.requireNonNull(certificate))}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    private TrustManager @Nullable [] trustManagers() throws IOException, GeneralSecurityException {
        KeyStore store = authorityStore();
        if (store == null) {
            return null;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private KeyManager @Nullable [] keyManagers() throws IOException, GeneralSecurityException {
        KeyStore store = ownStore(NO_PASSWORD);
        if (store == null) {
            return null;
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    /**
     * The certificates of the authorities, as a store; null: those of the JDK.
     *
     * @throws IOException as for {@link #context}
     */
    public @Nullable KeyStore authorityStore() throws IOException {
        if (authorities == null) {
            return null;
        }
        try {
            KeyStore store = empty();
            int number = 0;
            for (X509Certificate one : PemFile.read(authorities).certificates()) {
                store.setCertificateEntry("authority-" + number++, one);
            }
            return store;
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /**
     * The own certificate and its key, as a store; null: none.
     *
     * @param password of the key in the store
     * @throws IOException as for {@link #context}
     */
    public @Nullable KeyStore ownStore(char[] password) throws IOException {
        if (certificate == null || key == null) {
            return null;
        }
        List<X509Certificate> chain = PemFile.read(certificate).certificates();
        PrivateKey secret = PemFile.read(key).privateKey();
        try {
            if (!KeyPairs.belong(secret, chain.getFirst().getPublicKey())) {
                throw new IOException("the key in " + key + " is not that of the certificate in " + certificate);
            }
            KeyStore store = empty();
            store.setKeyEntry("own", secret, password, chain.toArray(X509Certificate[]::new));
            return store;
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static IOException unusable(GeneralSecurityException e) {
        return new IOException("TLS cannot be used: " + e.getMessage(), e);
    }
}
