package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.queues.WorkQueue;
import framebuffer.redis.testing.TestRedis;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ScriptTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private final Script script = Script.of("ensure_queue.lua");

    private String run() {
        return Replies.text(script.call(redis.connection(), List.of("q"), List.of()));
    }

    @Test
    void aScriptUnknownToRedisIsSentInFull() {
        redis.call("SCRIPT", "FLUSH");
        assertThat(run()).isEqualTo("stream");
        redis.call("CONFIG", "RESETSTAT");
        assertThat(run()).isEqualTo("stream");
        assertThat(Replies.text(redis.call("INFO", "commandstats"))).contains("cmdstat_evalsha")
                .doesNotContain("cmdstat_eval:");
    }

    @Test
    void aLoadedScriptCanBePipelined() {
        redis.call("SCRIPT", "FLUSH");
        script.load(redis.connection());
        script.begin(redis.connection(), List.of("a"), List.of());
        script.begin(redis.connection(), List.of("b"), List.of());
        assertThat(Replies.text(redis.connection().receive())).isEqualTo("stream");
        assertThat(Replies.text(redis.connection().receive())).isEqualTo("stream");
    }

    @Test
    void anErrorInAScriptIsRefusedWithItsCode() {
        redis.call("SET", "q", "text");
        Script sweep = Script.of("ids.lua", "ledger.lua", "circuits.lua", "sweep_queue.lua");
        redis.call("XGROUP", "CREATE", "s", "g", "0", "MKSTREAM");
        assertThatThrownBy(() -> sweep.call(redis.connection(), List.of("s", "q", "q", "q"), List.of("p", "0-0", 5, 1)))
                .isInstanceOf(RedisRefused.class)
                .satisfies(e -> assertThat(((RedisRefused) e).code()).isEqualTo("WRONGTYPE"));
    }

    @Test
    void aResourceThatIsMissingIsAFaultOfOurs() {
        assertThatThrownBy(() -> Script.of("no.lua")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no.lua");
    }

    @Test
    void aQueueIsMadeOnceAndWhatStandsInItsWayIsNamed() {
        assertThat(WorkQueue.ensure(redis.connection(), "q")).isEqualTo("stream");
        redis.call("XADD", "q", "*", "f", "v");
        assertThat(WorkQueue.ensure(redis.connection(), "q")).isEqualTo("stream");
        assertThat(WorkQueue.length(redis.connection(), "q")).isEqualTo(1);
        redis.call("SADD", "other", "x");
        assertThat(WorkQueue.ensure(redis.connection(), "other")).isEqualTo("set");
        assertThat(WorkQueue.length(redis.connection(), "missing")).isZero();
    }
}
