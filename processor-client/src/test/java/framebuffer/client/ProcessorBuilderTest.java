package framebuffer.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import framebuffer.wire.Keys;
import framebuffer.wire.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessorBuilderTest {
    private final ProcessorBuilder face = Processor.builder("face-1");

    @Test
    void anIdHasAForm() {
        assertThatIllegalArgumentException().isThrownBy(() -> Processor.builder("face 1"))
                .withMessage("a processor's id must be 1 to 128 of A-Z a-z 0-9 . _ : -");
    }

    @Test
    void whatIsOutOfBoundsIsRefusedAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> face.capabilities());
        assertThatIllegalArgumentException().isThrownBy(() -> face.capabilities(" face"));
        assertThatIllegalArgumentException().isThrownBy(() -> face.capacity(0));
        assertThatIllegalArgumentException().isThrownBy(() -> face.capacity(1_000_001));
        assertThatIllegalArgumentException().isThrownBy(() -> face.concurrency(0));
        assertThatIllegalArgumentException().isThrownBy(() -> face.queue("elsewhere"));
        assertThatIllegalArgumentException().isThrownBy(() -> face.queue("frames:ready:"));
        assertThatIllegalArgumentException().isThrownBy(() -> face.results(""));
        assertThatIllegalArgumentException().isThrownBy(() -> face.resultsKept(0));
        assertThatIllegalArgumentException().isThrownBy(() -> face.heartbeatInterval(Duration.ofMillis(999)));
        assertThatIllegalArgumentException().isThrownBy(() -> face.heartbeatInterval(Duration.ofMinutes(61)));
        assertThatIllegalArgumentException().isThrownBy(() -> face.grace(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> face.redis("http://localhost"));
    }

    @Test
    void aUrlWithAPasswordIsRefusedAndNotRepeated() {
        assertThatIllegalArgumentException().isThrownBy(() -> face.orchestrator("http://me:secret@localhost"))
                .withMessageNotContaining("secret");
        assertThatIllegalArgumentException().isThrownBy(() -> face.orchestrator("localhost:8002"));
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatIllegalStateException().isThrownBy(face::start).withMessageContaining("capabilities(…)");
        face.capabilities("face_detection");
        assertThatIllegalStateException().isThrownBy(face::start).withMessageContaining("handler(…)");
    }

    @Test
    void noMoreAtOnceThanTheCapacity() {
        face.capabilities("face_detection").capacity(2).concurrency(3);
        assertThatIllegalStateException().isThrownBy(face::start).withMessageContaining("more than its capacity of 2");
    }

    @Test
    void theEnvironmentSaysWhereThingsAre() {
        ProcessorBuilder told = new ProcessorBuilder("face-1", Map.of("ORCHESTRATOR_URL", "http://there:8002",
                "REDIS_URL", "redis://there:6380", "PIXELS_REDIS_URL", "redis://there:6381", "API_TOKEN",
                "secret")::get);
        assertThat(told.orchestratorUrl()).isEqualTo(URI.create("http://there:8002"));
        assertThat(told.redisAddress()).hasToString("redis://there:6380");
        assertThat(told.pixelsAddress()).hasToString("redis://there:6381");
        assertThat(told.apiToken()).isEqualTo(new Secret("secret"));
    }

    @Test
    void pixelsAreNotInACluster() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Processor.builder("face-1").pixelsRedis("redis+cluster://me:hush@there:6379"))
                .withMessageContaining("not a cluster").withMessageNotContaining("hush");
    }

    @Test
    void withoutAnEnvironmentEverythingIsOnThisMachine() {
        ProcessorBuilder untold = new ProcessorBuilder("face-1", Map.of("API_TOKEN", "")::get);
        assertThat(untold.orchestratorUrl()).isEqualTo(URI.create("http://localhost:8002"));
        assertThat(untold.redisAddress()).hasToString("redis://localhost:6379");
        assertThat(untold.pixelsAddress()).isNull();
        assertThat(untold.apiToken()).isNull();
        assertThat(untold.resultsKey(Keys.DEFAULT)).isEqualTo("frames:results");
    }

    @Test
    void aTokenMayComeFromAFileWithALineEndAndIsNeverRepeated() {
        assertThat(face.token("secret\n").apiToken()).isEqualTo(new Secret("secret"));
        assertThatIllegalArgumentException().isThrownBy(() -> face.token("sec\nret").apiToken())
                .withMessageNotContaining("sec");
    }

    @Test
    void everyKeyTakesThePrefix() {
        Keys keys = new Keys("{p0}");
        assertThat(face.resultsKey(keys)).isEqualTo("{p0}frames:results");
        assertThat(face.results("faces").resultsKey(keys)).isEqualTo("{p0}faces");
    }
}
