package framebuffer.orchestrator.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.orchestrator.EmptyRedis;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.InstanceNameStore;
import framebuffer.redis.cluster.InstanceNameStore.InstanceRun;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceNameClaimTest {
    @RegisterExtension
    static final EmptyRedis redis = new EmptyRedis();
    private static final Duration LEASE = Duration.ofMillis(250);

    private final AtomicInteger lost = new AtomicInteger();

    private InstanceNameClaim claim(String name, Duration lease, String where) {
        return new InstanceNameClaim(new InstanceNameStore(Keys.DEFAULT, name), lease, where, lost::incrementAndGet);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pi-8002", "", "a b", "{x}", "100%\n*?[", "ü:日本", "'; DEL"})
    void aSecondLivingInstanceOfANameDoesNotStart(String name) throws InterruptedException {
        InstanceNameClaim first = claim(name, LEASE, "host, port 8002");
        first.take(redis.connection());
        try (RedisLoop living = first.loop(redis.address()).start()) {
            assertThatThrownBy(() -> claim(name, LEASE, "elsewhere").take(redis.connection()))
                    .isInstanceOf(InstanceNameClaim.NameInUse.class)
                    .hasMessage("instance " + name + " is running at host, port 8002; choose --instance-id");
            assertThat(living.trouble()).isNull();
        }
        claim(name, Duration.ofHours(1), "elsewhere").take(redis.connection());
        assertThat(lost).hasValue(0);
    }

    @Test
    void oneThatWasCutOffIsFollowedWhenItHasBeenSilentForItsLease() throws InterruptedException {
        claim("a", LEASE, "there").take(redis.connection());
        long begun = System.nanoTime();
        claim("a", LEASE, "here").take(redis.connection());
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(LEASE);
    }

    @Test
    void oneWhoseProcessHasEndedIsFollowedAtOnce() throws InterruptedException {
        String ended = LocalProcess.word().replaceFirst("\\d+$", "1");
        new InstanceNameStore(Keys.DEFAULT, "a").claim(redis.connection(),
                new InstanceRun("run", ended, Duration.ofHours(1), "there"), 0, null);
        claim("a", Duration.ofHours(1), "here").take(redis.connection());
        assertThat(LocalProcess.hasEnded(LocalProcess.word())).isFalse();
        assertThat(LocalProcess.hasEnded("another-machine:1/1/1")).isFalse();
    }

    @Test
    void oneThatWasSuspendedWhileAnotherWasStartedInItsPlaceEnds() throws InterruptedException {
        InstanceNameClaim suspended = claim("a", LEASE, "there");
        suspended.take(redis.connection());
        InstanceNameClaim second = claim("a", LEASE, "here");
        second.take(redis.connection());
        try (RedisLoop living = second.loop(redis.address()).start()) {
            suspended.runOnce(redis.connect());
            suspended.runOnce(redis.connect());
            assertThat(lost).hasValue(1);
            assertThat(living.trouble()).isNull();
            suspended.stopping(redis.connection());
        }
    }

    @Test
    void whatRedisRemembersOfAnEarlierLifeEndsNobody() throws InterruptedException {
        InstanceNameClaim living = claim("a", LEASE, "here");
        living.take(redis.connection());
        for (String said : new String[]{"other 1 ?/1/1 50 there", "something else", ""}) {
            redis.call("SET", Keys.DEFAULT.instanceName("a"), said);
            living.runOnce(redis.connection());
        }
        redis.call("DEL", Keys.DEFAULT.instanceName("a"));
        living.runOnce(redis.connection());
        assertThat(lost).hasValue(0);
        Await.until("it has its name", () -> redis.call("GET", Keys.DEFAULT.instanceName("a")) != null);
    }
}
