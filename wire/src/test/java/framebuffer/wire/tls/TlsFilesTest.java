package framebuffer.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and certificates as openssl writes them. */
class TlsFilesTest {
    @TempDir
    private Path folder;

    private void openssl(String line) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(line.split(" ")));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("openssl.log").toFile()).start();
        assertThat(process.waitFor()).as("%s", Files.readString(folder.resolve("openssl.log"))).isZero();
    }

    private void certify(String key) throws IOException, InterruptedException {
        openssl("req -x509 -key " + key + " -days 2 -subj /CN=here -out cert.pem");
    }

    private TlsFiles files(String key) {
        return new TlsFiles(folder.resolve("cert.pem"), folder.resolve("cert.pem"), folder.resolve(key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"genpkey -algorithm RSA -out key.pem", "genrsa -traditional -out key.pem 2048",
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
            "ecparam -name prime256v1 -genkey -noout -out key.pem", "ecparam -name secp521r1 -genkey -out key.pem",
            "ecparam -name secp384r1 -genkey -noout -out key.pem", "genpkey -algorithm ED25519 -out key.pem"})
    void keysOfAllFormsAreRead(String generation) throws Exception {
        openssl(generation);
        certify("key.pem");
        assertThat(files("key.pem").context().getProtocol()).isEqualTo("TLS");
    }

    @Test
    void withoutFilesTheAuthoritiesOfTheJdkCount() {
        assertThat(TlsFiles.NONE.isGiven()).isFalse();
        assertThatCode(TlsFiles.NONE::context).doesNotThrowAnyException();
    }

    @Test
    void aClientOfItsOwnTrustsExactlyTheCertificateOfTheFile() throws Exception {
        openssl("genpkey -algorithm ED25519 -out key.pem");
        certify("key.pem");
        X509Certificate own = PemFile.read(folder.resolve("cert.pem")).certificates().getFirst();
        OwnCertificate trust = new OwnCertificate(folder.resolve("cert.pem"));
        X509Certificate[] chain = {own};
        assertThatCode(() -> trust.checkServerTrusted(chain, "x", new Socket())).doesNotThrowAnyException();
        assertThatCode(() -> trust.checkServerTrusted(chain, "x", SSLContext.getDefault().createSSLEngine()))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> trust.checkClientTrusted(chain, "x", new Socket()))
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> trust.checkClientTrusted(chain, "x", SSLContext.getDefault().createSSLEngine()))
                .isInstanceOf(CertificateException.class);
        assertThat(trust.getAcceptedIssuers()).isEmpty();
        assertThat(files("key.pem").ofOwnClient().getProtocol()).isEqualTo("TLS");
        certify("key.pem");
        assertThatThrownBy(() -> trust.checkServerTrusted(chain, "x")).hasMessageContaining("another certificate");
        Files.delete(folder.resolve("cert.pem"));
        assertThatThrownBy(() -> trust.checkServerTrusted(chain, "x")).isInstanceOf(CertificateException.class);
    }

    @Test
    void aCertificateWithoutItsKeyIsRefused() {
        Path certificate = folder.resolve("cert.pem");
        assertThatThrownBy(() -> new TlsFiles(null, certificate, null)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new TlsFiles(certificate, null, null).isGiven()).isTrue();
        assertThat(new TlsFiles(null, certificate, certificate).isGiven()).isTrue();
    }

    @Test
    void theFaultAndTheFileAreNamed() throws Exception {
        openssl("genpkey -algorithm RSA -out key.pem");
        certify("key.pem");
        openssl("genpkey -algorithm RSA -aes256 -pass pass:secret -out encrypted.pem");
        openssl("genpkey -algorithm RSA -out other.pem");
        openssl("genpkey -algorithm ED25519 -out another.pem");
        openssl("genpkey -algorithm X25519 -out unknown.pem");
        Files.writeString(folder.resolve("odd.pem"), "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n");
        Files.writeString(folder.resolve("curve.pem"),
                "-----BEGIN EC PRIVATE KEY-----\nMAMCAQE=\n-----END EC PRIVATE KEY-----\n");
        Files.writeString(folder.resolve("base.pem"), "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n");
        isRefused("missing.pem", "does not exist");
        isRefused("encrypted.pem", "encrypted key");
        isRefused("other.pem", "is not that of the certificate");
        isRefused("another.pem", "is not that of the certificate");
        isRefused("unknown.pem", "cannot be read: RSA, EC and EdDSA");
        isRefused("odd.pem", "cannot be read: RSA, EC and EdDSA");
        isRefused("curve.pem", "without its curve");
        isRefused("base.pem", "is no PEM file");
        isRefused("cert.pem", "no private key");
    }

    private void isRefused(String key, String why) {
        assertThatThrownBy(() -> files(key).context()).isInstanceOf(IOException.class)
                .hasMessageContainingAll(key, why);
    }

    @Test
    void aFileWithoutCertificatesIsRefused() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        Path odd = Files.writeString(folder.resolve("odd.pem"),
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Path large = Files.write(folder.resolve("large.pem"), new byte[2_000_000]);
        assertThatThrownBy(() -> new TlsFiles(empty, null, null).context()).hasMessageContaining("no certificate");
        assertThatThrownBy(() -> new TlsFiles(odd, null, null).context()).hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> new TlsFiles(large, null, null).context()).hasMessageContaining("too long");
    }
}
