package framebuffer.bridge.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.bridge.testing.Mosquitto;
import framebuffer.wire.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords and TLS, with a real broker. */
class MqttConnectionTest {
    private static final MqttMessage WILL = MqttMessage.retained("will", "gone");

    @TempDir
    Path folder;

    @BeforeAll
    static void mosquittoIsThere() {
        Mosquitto.assumeThere();
    }

    private static void run(Path folder, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @BeforeEach
    void passwords() throws IOException, InterruptedException {
        run(folder, "mosquitto_passwd", "-c", "-b", "passwords", "home", "p@ss");
    }

    private Mosquitto withPassword(String... more) {
        List<String> lines = new ArrayList<>(
                List.of("allow_anonymous false", "password_file " + folder.resolve("passwords")));
        lines.addAll(List.of(more));
        return new Mosquitto(folder, lines.toArray(String[]::new)).start();
    }

    private static void proves(MqttAddress address) throws Exception {
        try (MqttConnection connection = MqttConnection.open(address, "test", WILL, Duration.ofSeconds(5))) {
            assertThat(connection.publish(List.of(MqttMessage.retained("a", "b"), MqttMessage.retained("a", "c"))))
                    .isEqualTo(2);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    private static void isRefused(MqttAddress address, String why) {
        assertThatThrownBy(() -> MqttConnection.open(address, "test", WILL, Duration.ofSeconds(5)))
                .isInstanceOf(MqttUnavailable.class).hasMessageContaining(why).hasMessageNotContaining("wr0ng");
    }

    private static MqttAddress address(Mosquitto broker, String password, @Nullable Path authorities) {
        return new MqttAddress("127.0.0.1", broker.port(), authorities != null, "home", new Secret(password),
                authorities);
    }

    @Test
    void thePasswordMustBeRight() throws Exception {
        try (Mosquitto broker = withPassword()) {
            proves(address(broker, "p@ss", null));
            isRefused(address(broker, "wr0ng", null), "no MQTT broker at mqtt://127.0.0.1:" + broker.port());
        }
    }

    @Test
    void tlsNeedsAnAuthorityThatIsTrusted() throws Exception {
        certificate("broker");
        certificate("other");
        try (Mosquitto broker = withPassword("certfile " + folder.resolve("broker.pem"),
                "keyfile " + folder.resolve("broker.key"))) {
            proves(address(broker, "p@ss", folder.resolve("broker.pem")));
            isRefused(new MqttAddress("localhost", broker.port(), true, "home", new Secret("p@ss"),
                    folder.resolve("broker.pem")), "no MQTT broker at mqtts://localhost");
            isRefused(address(broker, "p@ss", folder.resolve("other.pem")), "no MQTT broker at mqtts://");
            isRefused(new MqttAddress("127.0.0.1", broker.port(), true, null, null, null),
                    "no MQTT broker at mqtts://");
            isRefused(address(broker, "p@ss", Files.writeString(folder.resolve("odd.pem"), "odd")),
                    "cannot use the certificates in");
        }
    }

    private void certificate(String name) throws IOException, InterruptedException {
        run(folder, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + name,
                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", name + ".key", "-out", name + ".pem");
    }

    @Test
    void aConnectionThatHasFailedAcknowledgesNothing() throws Exception {
        try (Mosquitto broker = withPassword();
                MqttConnection connection = MqttConnection.open(address(broker, "p@ss", null), "test", WILL,
                        Duration.ofSeconds(5))) {
            broker.kill();
            assertThat(connection.awaitEnd(Duration.ofSeconds(30))).isTrue();
            assertThat(connection.publish(List.of(WILL))).isZero();
            assertThat(connection.subscribe("#", _ -> {
            })).isFalse();
        }
    }
}
