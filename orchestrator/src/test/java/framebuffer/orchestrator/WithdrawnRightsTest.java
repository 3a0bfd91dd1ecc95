package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.redis.AclRights;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.testkit.Await;
import framebuffer.wire.AclRole;
import framebuffer.wire.Secret;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An instance has exactly the rights of its role. A right is taken away from an instance while it runs, and given back: no frame is lost, and none counts twice. */
class WithdrawnRightsTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    private static final List<String> PROCESSORS = List.of("face-1", "plates-1");
    private static final int FRAMES = 30;
    @SuppressWarnings("NullAway.Init")
    private Site site;
    private final Map<String, Integer> seen = new HashMap<>();
    private int captured;

    @BeforeEach
    void open() {
        site = redis.site();
        site.redis.call("ACL", "LOG", "RESET");
        may("reset", "on", ">secret", String.join(" ", AclRole.INSTANCE.rules("", false, "")));
        site.register("face-1", 8, "face");
        site.register("plates-1", 8, "plates");
    }

    private void may(String... rules) {
        List<Object> line = new ArrayList<>(List.of("SETUSER", "instance"));
        line.addAll(List.of(String.join(" ", rules).split(" ", -1)));
        site.redis.call("ACL", line.toArray());
    }

    private Pipeline start() {
        RedisAddress there = redis.address();
        return site.start("i1", new RedisAddress(there.host(), there.port(), false, "instance", new Secret("secret"), 0,
                new ConnectTimeouts(Duration.ofSeconds(5), Duration.ofMillis(10), Duration.ofMillis(50)))
                .needing(AclRights.ofInstance(Site.KEYS)), PipelineLimits.DEFAULT);
    }

    private void capture() {
        for (int i = 0; i < FRAMES; i++) {
            site.capture("frame_id", "f" + captured++, "camera_id", "cam", "metadata", i % 5 == 0
                    ? "{\"detection_types\": [\"face\", \"plates\"]}"
                    : "{\"detection_type\": \"face\"}");
        }
    }

    /** The processors answer what they have got, each frame in another way. */
    private void answer() {
        for (String processor : PROCESSORS) {
            for (StreamEntry entry : site.read(processor, 10)) {
                int times = seen.merge(processor + Site.queued(entry).captureId(), 1, Integer::sum);
                switch (times > 1 ? 0 : seen.size() % 6) {
                    case 1 -> site.acknowledge(processor, entry);
                    case 2 -> site.giveBack(processor, entry, ReturnReason.RETRY, Duration.ZERO);
                    case 3 -> giveBack(processor, entry);
                    case 4 -> site.giveBack(processor, entry, ReturnReason.REJECTED, Duration.ZERO);
                    case 5 -> site.giveBack(processor, entry, ReturnReason.RETRY, Duration.ofMillis(1));
                    default -> site.finish(processor, entry);
                }
            }
        }
    }

    /** With Redis's own commands. */
    private void giveBack(String processor, StreamEntry entry) {
        List<Object> back = new ArrayList<>(List.of("XADD", Site.KEYS.returned(), "*"));
        back.addAll(Site.fields(entry).flat());
        back.addAll(List.of("return_kind", "retry"));
        String queue = Site.KEYS.queue("frames:ready:" + processor);
        site.redis.transaction(List.of(back, List.of("XACK", queue, processor + "-group", entry.id().toString()),
                List.of("XDEL", queue, entry.id().toString())));
    }

    private long count(String what) {
        return site.count("cam", what) + site.count("unknown", what);
    }

    private boolean allHaveEnded() {
        answer();
        return count("captured") == captured && Site.inFlight(site.ledger()) == 0
                && site.ledger().underWay() == 0 && site.length(Site.KEYS.capture()) == 0;
    }

    @ParameterizedTest
    @ValueSource(strings = {"xadd", "xack", "xdel", "xtrim", "xclaim", "xgroup", "xreadgroup", "xpending", "xinfo",
            "xrange",
            "xrevrange", "xlen", "hset", "hget", "hmget", "hdel", "hincrby", "hexists", "hlen", "hgetall", "hscan",
            "set",
            "get", "del", "exists", "type", "time", "zadd", "zrange", "zrem", "zcard", "multi", "eval", "evalsha"})
    void aRightThatIsTakenAwayLeavesNothingHalfDoneAndComesBack(String command) {
        Pipeline pipeline = start();
        capture();
        Await.until("all goes", this::allHaveEnded);
        assertThat(Replies.list(site.redis.call("ACL", "LOG"))).isEmpty();
        may("-" + command);
        capture();
        Await.until("it is in trouble, or does without", () -> {
            answer();
            return pipeline.trouble().isPresent() || allHaveEnded();
        });
        pipeline.trouble().ifPresent(why -> assertThat(why).contains("NOPERM").containsIgnoringCase(command));
        may("+" + command);
        capture();
        Await.until("all has gone on", this::allHaveEnded);
        assertThat(count("done") + count("dead")).isEqualTo(captured);
        assertThat(count("lost")).isZero();
        assertThat(site.ledger().counts().keySet()).containsExactly("cam");
    }
}
