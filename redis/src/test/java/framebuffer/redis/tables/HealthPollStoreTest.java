package framebuffer.redis.tables;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.tables.HealthPollStore.PollClaim;
import framebuffer.redis.tables.HealthPollStore.PollResult;
import framebuffer.redis.testing.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HealthPollStoreTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final Duration HOUR = Duration.ofHours(1);
    private static final PollResult GOOD = new PollResult("good", "with status 200", true, false);
    private static final PollResult BAD = new PollResult("bad", "with status 500", false, true);

    private final HealthPollStore board = new HealthPollStore(KEYS);

    @BeforeEach
    void register() {
        redis.call("HSET", KEYS.registry(), "p", "{\"health_endpoint\": \"http://p/\"}");
    }

    private PollClaim claim(RedisConnection through, String processor) {
        return board.claim(through, processor, "http://p/", HOUR);
    }

    private String noted() {
        return redis.hash(KEYS.polls()).getOrDefault("p", "");
    }

    @Test
    void ofManyWhoAskWhenItIsDueOneDoesIt() throws Exception {
        int granted = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PollClaim>> claims = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                RedisConnection mine = redis.connect();
                claims.add(threads.submit(() -> claim(mine, "p")));
            }
            for (Future<PollClaim> claim : claims) {
                granted += claim.get().granted() ? 1 : 0;
            }
        }
        assertThat(granted).isEqualTo(1);
    }

    @Test
    void whoIsNotRegisteredWithThisEndpointIsNotPolled() {
        assertThat(claim(redis.connection(), "gone").granted()).isFalse();
        assertThat(board.claim(redis.connection(), "p", "http://before/", HOUR).granted()).isFalse();
        redis.call("HSET", KEYS.registry(), "p", "7");
        assertThat(claim(redis.connection(), "p")).isEqualTo(new PollClaim("p", 0));
        redis.call("HSET", KEYS.registry(), "p", "nonsense");
        assertThat(claim(redis.connection(), "p").again(HOUR)).isZero();
        assertThat(redis.hash(KEYS.polls())).isEmpty();
    }

    @Test
    void itIsDueAgainAfterTheInterval() {
        long before = claim(redis.connection(), "p").at();
        redis.call("HSET", KEYS.polls(), "p", (before - HOUR.toMillis()) + " 7 good with status 200");
        assertThat(claim(redis.connection(), "p").granted()).isTrue();
        assertThat(noted()).as("the last result is kept meanwhile").endsWith(" 7 good with status 200");
        PollClaim early = claim(redis.connection(), "p");
        assertThat(early.granted()).isFalse();
        assertThat(early.again(HOUR)).isBetween(HOUR.minusMinutes(1), HOUR);
    }

    @Test
    void aGoodAnswerIsASignOfLifeAndNoFailure() {
        PollClaim claim = claim(redis.connection(), "p");
        assertThat(board.note(redis.connection(), claim, GOOD)).isTrue();
        assertThat(noted()).matches(claim.at() + " \\d{13} good ");
        assertThat(redis.hash(KEYS.circuits())).isEmpty();
    }

    @Test
    void aBadAnswerIsAFailureAndTheLastGoodOneIsRemembered() {
        PollClaim claim = claim(redis.connection(), "p");
        redis.call("HSET", KEYS.polls(), "p", claim.at() + " 7 good with status 200");
        assertThat(board.note(redis.connection(), claim, BAD)).isTrue();
        assertThat(noted()).isEqualTo(claim.at() + " 7 bad ");
        assertThat(redis.hash(KEYS.circuits())).containsEntry("p", "closed 1");
    }

    @Test
    void whatComesTooLateIsNotNoted() {
        PollClaim claim = claim(redis.connection(), "p");
        redis.call("HSET", KEYS.polls(), "p", (claim.at() + 1) + " 0 none ");
        assertThat(board.note(redis.connection(), claim, BAD)).isFalse();
        redis.call("HDEL", KEYS.polls(), "p");
        assertThat(board.note(redis.connection(), claim, BAD)).as("the processor has registered again").isFalse();
        assertThat(redis.hash(KEYS.circuits())).isEmpty();
    }
}
