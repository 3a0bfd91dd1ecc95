package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The REST API by HTTPS, and those who call it. */
class TlsIT {
    @TempDir
    private Path folder;

    @BeforeEach
    void certify() throws Exception {
        assumeTrue(Commands.isInstalled("openssl") || System.getenv("CI") != null, "openssl is not installed");
        try (Commands commands = new Commands(folder)) {
            RunningCommand made = commands.startOther(List.of("openssl", "req", "-x509", "-newkey", "rsa:2048",
                    "-nodes",
                    "-days", "2", "-subj", "/CN=here", "-addext", "subjectAltName=DNS:localhost", "-keyout", "own.key",
                    "-out", "own.pem"));
            assertThat(made.exitCode()).as(made.errors()).isZero();
        }
    }

    @Test
    void queriesAndDetectorsCallTheServiceByHttps() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand service = commands
                    .start("serve", "--port", "0", "--tls-cert", "own.pem", "--tls-key", "own.key").says("ready");
            assertThat(service.url()).startsWith("https://");
            commands.start("detector", "motion", "--id", "motion-1", "--orchestrator-url", service.url(),
                    "--orchestrator-ca", "own.pem").says("motion-1");
            RunningCommand asked = commands.start("processors", "--orchestrator-url", service.url(),
                    "--orchestrator-ca", "own.pem");
            assertThat(asked.exitCode()).as(asked.errors()).isZero();
            RunningCommand distrustful = commands.start("processors", "--orchestrator-url", service.url());
            assertThat(distrustful.exitCode()).isEqualTo(2);
            RunningCommand plain = commands.start("processors", "--orchestrator-url",
                    service.url().replace("https", "http"));
            assertThat(plain.exitCode()).isEqualTo(2);
        }
    }

    @Test
    void thePartsOfOneProcessCallItUnderWhateverNameTheCertificateHas() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand demo = commands.start("demo", "--duration", "1s", "--fps", "1", "--port", "0", "--json",
                    "--tls-cert", "own.pem", "--tls-key", "own.key");
            assertThat(demo.exitCode()).as(demo.errors()).isZero();
            assertThat(demo.output()).contains("\"ledger_balanced\":true");
        }
    }
}
