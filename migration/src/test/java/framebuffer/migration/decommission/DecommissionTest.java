package framebuffer.migration.decommission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import framebuffer.migration.MigrationRedis;
import framebuffer.migration.decommission.Decommission.DecommissionPlan;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.steps.MigrationStatus;
import framebuffer.migration.steps.MigrationSteps;
import framebuffer.migration.steps.MigrationSteps.StepRefused;
import framebuffer.wire.Keys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DecommissionTest {
    @RegisterExtension
    static final MigrationRedis redis = new MigrationRedis();
    private static final Keys KEYS = new Keys("", true);
    private static final GateStreams STREAMS = new GateStreams(KEYS, "frame-buffer-v2", "frame-buffer");

    @TempDir
    private Path folder;
    private final List<String> said = new ArrayList<>();
    private final HttpServer older;
    private final HttpServer ours;

    DecommissionTest() throws IOException {
        older = server();
        ours = server();
    }

    private static HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/health", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(204, -1);
            }
        });
        server.start();
        return server;
    }

    private static URI address(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @BeforeEach
    void allFramesGoToThisService() {
        redis.call("HSET", KEYS.control(), "gate", "true", "split", "100");
        redis.call("XGROUP", "CREATE", KEYS.legacy(), "frame-buffer", "0", "MKSTREAM");
    }

    @AfterEach
    void stopServers() {
        older.stop(0);
        ours.stop(0);
    }

    private static DecommissionChecks checks(long connections) {
        return DecommissionChecks.of(MigrationStatus.read(redis.connection(), STREAMS), OptionalLong.of(connections));
    }

    private Decommission decommission(String stop) {
        return new Decommission(redis.connection(), STREAMS, new DecommissionPlan(address(older), address(ours),
                List.of("sh", "-c", stop), folder.resolve("archive.json")), said::add);
    }

    @Test
    void eachReasonIsNamedByItselfWithItsFigure() {
        assertThat(checks(0).obstacles()).isEmpty();
        assertThat(checks(3).obstacles()).singleElement().asString().contains("3 clients");
        assertThat(new DecommissionChecks(0, OptionalLong.empty(), 0, 0).obstacles()).singleElement().asString()
                .contains("unknown", "--connections");
        redis.frames(KEYS.legacy(), "door", 7);
        assertThat(checks(0).obstacles()).singleElement().asString().contains("7 frames wait unread");
        redis.call("XREADGROUP", "GROUP", "frame-buffer", "v1", "STREAMS", KEYS.legacy(), ">");
        assertThat(checks(0).obstacles()).singleElement().asString().contains("7 frames are pending");
        redis.call("XGROUP", "DESTROY", KEYS.legacy(), "frame-buffer");
        redis.call("HSET", KEYS.control(), "split", "90");
        assertThat(checks(0).obstacles()).singleElement().asString().contains("10 % of the frames");
    }

    @Test
    void nothingIsDoneWhileSomethingIsInTheWay() {
        assertThatThrownBy(() -> decommission("true").execute(checks(2))).isInstanceOf(StepRefused.class)
                .hasMessageContaining("2 clients");
        assertThat(said).isEmpty();
        assertThat(redis.call("EXISTS", KEYS.legacy())).isEqualTo(1L);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aStopCommandThatFailsOrDoesNotStopIsSaidAndTheStepCanBeRepeated() throws IOException {
        assertThatThrownBy(() -> decommission("exit 3").execute(checks(0))).hasMessageContaining("exit code 3");
        assertThatThrownBy(() -> decommission("true").execute(checks(0))).hasMessageContaining("still answers");
        assertThat(MigrationSteps.isDecommissioned(redis.connection(), KEYS)).isFalse();
        String archived = Files.readString(folder.resolve("archive.json"));
        older.stop(0);
        decommission("true").execute(checks(0));
        assertThat(MigrationSteps.isDecommissioned(redis.connection(), KEYS)).isTrue();
        assertThat(MigrationStatus.read(redis.connection(), STREAMS).steps()).singleElement()
                .satisfies(step -> assertThat(step.ended()).isNotNull());
        assertThat(folder.resolve("archive.json")).as("the first attempt removed what it holds").hasContent(archived);
        assertThat(redis.call("EXISTS", KEYS.legacy())).isEqualTo(0L);
    }

    @Test
    void aServiceOfOursThatDoesNotAnswerIsNoEnd() {
        older.stop(0);
        ours.stop(0);
        assertThatThrownBy(() -> decommission("true").execute(checks(0))).hasMessageContaining("does not answer");
        assertThat(MigrationSteps.isDecommissioned(redis.connection(), KEYS)).isFalse();
    }

    @Test
    void connectionsAreThoseEstablishedToThePort() {
        assertThat(OpenConnections.count(List.of("  sl  local_address rem_address   st tx_queue",
                "   0: 0100007F:1F42 0100007F:C350 01 00000000:00000000", "   1: 0100007F:1F42 00000000:0000 0A 0:0",
                "   2: 0100007F:C350 0100007F:1F42 01 0:0", "broken"), 8002)).isEqualTo(1);
        assertThat(OpenConnections.to(URI.create("http://192.0.2.1:8002"))).isEmpty();
    }
}
