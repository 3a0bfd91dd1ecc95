package framebuffer.orchestrator.disturbed;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** While Redis refuses everything, frames stay; afterwards each goes on once. */
class RefusingRedisTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    private static final String FACES = "frames:ready:face-1";
    private static final int FRAMES = 200;
    private static final int CAPACITY = 50;

    @SuppressWarnings("NullAway.Init")
    private Site site;
    @SuppressWarnings("NullAway.Init")
    private Pipeline way;

    @BeforeEach
    void framesWait() {
        site = redis.site();
        site.register("face-1", CAPACITY, "face");
        way = site.start("i1");
        for (int i = 0; i < FRAMES; i++) {
            site.capture("f" + i, "cam" + i % 3, "face");
        }
        Await.until("some are queued, the others wait",
                () -> site.length(FACES) == CAPACITY && way.view().waiting() == FRAMES - CAPACITY);
    }

    private void isInTrouble(String code) {
        Await.until(code, () -> way.trouble().orElse("").contains(code));
        assertThat(way.view().waiting()).isEqualTo(FRAMES - CAPACITY);
    }

    private void allAreDoneOnce() {
        Await.until("all are done", () -> {
            site.read("face-1", CAPACITY).forEach(entry -> site.finish("face-1", entry));
            return Replies.number(site.redis.call("XLEN", Site.KEYS.results())) == FRAMES;
        });
        assertThat(site.texts(Site.KEYS.results(), "frame_id")).doesNotHaveDuplicates();
        Await.until("the ledger balances",
                () -> site.ledger().underWay() == 0 && Site.inFlight(site.ledger()) == 0);
        Await.until("nothing troubles it", () -> way.trouble().isEmpty());
    }

    @Test
    void whileSomebodysScriptKeepsItBusyUntilThatIsKilled() {
        site.redis.call("CONFIG", "SET", "busy-reply-threshold", 50);
        try (RedisConnection other = RedisConnection.open(redis.address())) {
            CompletableFuture<Boolean> endless = CompletableFuture.supplyAsync(() -> {
                try {
                    return other.call("EVAL", "while true do end", 0) == null;
                } catch (RedisRefused e) {
                    return String.valueOf(e.getMessage()).contains("SCRIPT KILL");
                }
            });
            isInTrouble("BUSY");
            site.redis.call("SCRIPT", "KILL");
            assertThat(endless.join()).isTrue();
        } finally {
            site.redis.call("CONFIG", "SET", "busy-reply-threshold", 5_000);
        }
        allAreDoneOnce();
    }

    @Test
    void whileItCannotWriteToItsDisk() throws IOException {
        Path dump = Path.of(Replies.text(Replies.list(site.redis.call("CONFIG", "GET", "dir")).get(1)), "dump.rdb");
        Path inTheWay = Files.createDirectories(dump.resolve("in-the-way"));
        try {
            site.redis.call("CONFIG", "SET", "save", "3600 1");
            site.redis.call("BGSAVE");
            isInTrouble("MISCONF");
        } finally {
            site.redis.call("CONFIG", "SET", "save", "");
            Files.delete(inTheWay);
            Files.delete(dump);
        }
        allAreDoneOnce();
    }
}
