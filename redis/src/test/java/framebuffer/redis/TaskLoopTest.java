package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.testing.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several tasks on one connection, turn by turn. */
class TaskLoopTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();

    private final List<String> done = new ArrayList<>();
    private long now = 1;
    private TaskLoop tasks;

    @BeforeEach
    void make() {
        tasks = new TaskLoop("tasks", redis.address(), () -> now);
    }

    private RedisLoop.Work task(String name, long restMillis) {
        return new RedisLoop.Work() {
            @Override
            public void connected(RedisConnection connection) {
                done.add(name + " connected");
            }

            @Override
            public void runOnce(RedisConnection connection) {
                done.add(name);
            }

            @Override
            public Duration rest() {
                return Duration.ofMillis(restMillis);
            }

            @Override
            public void stopping(RedisConnection connection) {
                done.add(name + " stops");
            }
        };
    }

    private List<String> turn() throws InterruptedException {
        done.clear();
        tasks.runOnce(redis.connection());
        return List.copyOf(done);
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    @Test
    void eachTaskRunsWhenItsRestIsOver() throws InterruptedException {
        tasks.add("often", task("often", 10));
        tasks.add("seldom", task("seldom", 30));
        assertThat(turn()).containsExactly("often connected", "often", "seldom connected", "seldom");
        assertThat(turn()).isEmpty();
        assertThat(tasks.rest()).isEqualTo(Duration.ofMillis(10));
        pass(10);
        assertThat(turn()).containsExactly("often");
        pass(25);
        assertThat(turn()).as("the task that has been due for longest first").containsExactly("often", "seldom");
    }

    @Test
    void aTaskThatFailsPausesAndTheOthersGoOn() throws InterruptedException {
        RedisLoop.Work broken = new RedisLoop.Work() {
            @Override
            public void runOnce(RedisConnection connection) {
                done.add("broken");
                connection.call("HSET", "text", "field", "value");
            }
        };
        redis.call("SET", "text", "no hash");
        tasks.add("broken", broken);
        tasks.add("sound", task("sound", 0));
        assertThat(turn()).contains("broken", "sound");
        assertThat(turn()).containsExactly("sound");
        pass(100);
        assertThat(turn()).contains("broken", "sound");
        pass(100);
        assertThat(turn()).as("its pause has doubled").containsExactly("sound");
        redis.call("DEL", "text");
        pass(100);
        assertThat(turn()).contains("broken");
        assertThat(turn()).contains("broken");
    }

    @Test
    void aTaskThatLeavesRepliesBehindCostsTheConnection() {
        tasks.add("careless", connection -> {
            connection.send("PING", List.of());
            connection.send("NOSUCHCOMMAND", List.of());
            throw new IllegalStateException("it breaks off");
        });
        RedisConnection own = redis.connect();
        assertThatThrownBy(() -> tasks.runOnce(own)).isInstanceOf(RedisUnavailable.class);
        assertThat(own.isBroken()).isTrue();
    }

    @Test
    void aTaskThatFailsOnACorruptReplyCostsTheConnectionBecauseItIsOutOfStep() {
        tasks.add("counter", connection -> {
            connection.call("INCR", "n");
            throw new NumberFormatException("of a corrupt reply");
        });
        // One reply too many: every later command would get the reply to the one before it.
        try (SayingServer server = new SayingServer(SayingServer.GREETING, ":1\r\n+PONG\r\n");
                RedisConnection own = RedisConnection.open(server.address())) {
            assertThatThrownBy(() -> tasks.runOnce(own)).isInstanceOf(RedisUnavailable.class)
                    .hasMessageContaining("out of step");
            assertThat(own.isBroken()).isTrue();
        }
    }

    @Test
    void aTaskThatFailsOtherwiseDoesNotCostTheConnection() throws InterruptedException {
        tasks.add("faulty", connection -> {
            throw new NumberFormatException("our own fault");
        });
        tasks.add("sound", task("sound", 0));
        assertThat(turn()).contains("sound");
        assertThat(redis.connection().isBroken()).isFalse();
    }

    @Test
    void aNewConnectionIsToldToEachTaskBeforeItRuns() throws InterruptedException {
        tasks.add("one", task("one", 1000));
        turn();
        tasks.connected(redis.connection());
        assertThat(turn()).containsExactly("one connected", "one");
    }

    @Test
    void aTaskThatIsRemovedFinishesAndRunsNoMore() throws InterruptedException {
        RedisLoop.Work one = task("one", 0);
        tasks.connected(redis.connection());
        tasks.add("one", one);
        turn();
        done.clear();
        tasks.remove(one);
        tasks.remove(one);
        assertThat(done).containsExactly("one stops");
        assertThat(turn()).isEmpty();
    }

    @Test
    void aTaskMayRemoveAnother() throws InterruptedException {
        RedisLoop.Work other = task("other", 0);
        tasks.connected(redis.connection());
        tasks.add("remover", connection -> tasks.remove(other));
        tasks.add("other", other);
        assertThat(turn()).as("the task never started").isEmpty();
    }

    @Test
    void whatIsWrongWithOneTaskIsTold() {
        try (TaskLoop loop = new TaskLoop("several", redis.address())) {
            RedisLoop.Work sound = task("sound", 5);
            RedisLoop.Work broken = connection -> connection.call("NOSUCHCOMMAND");
            loop.add("sound", sound).add("broken", broken).start();
            framebuffer.testkit.Await.until("it is told", () -> loop.trouble(broken).isPresent());
            assertThat(loop.trouble()).hasValueSatisfying(why -> assertThat(why).contains("unknown command"));
            assertThat(loop.trouble(sound)).isEmpty();
        }
        assertThat(done).as("graceful stop").endsWith("sound stops");
    }
}
