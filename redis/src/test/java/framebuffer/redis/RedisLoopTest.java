package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.testing.TestRedis;
import framebuffer.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RedisLoopTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();

    private final Watched work = new Watched();

    /** Counts the calls of a loop, and detects concurrent calls and calls after its end. */
    private static class Watched implements RedisLoop.Work {
        final AtomicInteger connected = new AtomicInteger();
        final AtomicInteger turns = new AtomicInteger();
        final AtomicInteger stopped = new AtomicInteger();
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger wrong = new AtomicInteger();

        @Override
        public void connected(RedisConnection connection) {
            connected.incrementAndGet();
        }

        @Override
        public void runOnce(RedisConnection connection) throws InterruptedException {
            if (inside.getAndIncrement() > 0) {
                wrong.incrementAndGet();
            }
            connection.call("PING");
            turns.incrementAndGet();
            inside.decrementAndGet();
        }

        @Override
        public void stopping(RedisConnection connection) {
            connection.call("PING");
            stopped.incrementAndGet();
        }
    }

    private RedisLoop loop(RedisLoop.Work work) {
        return new RedisLoop("loop", redis.address(), work);
    }

    @Test
    void stoppedBeforeItIsStartedItNeverRuns() {
        RedisLoop loop = loop(work);
        loop.close();
        loop.start();
        loop.close();
        assertThat(work.connected).hasValue(0);
    }

    @Test
    void startedAndStoppedTwiceItRunsOnce() {
        RedisLoop loop = loop(work).start().start();
        Await.until("some turns", () -> work.turns.get() > 3);
        loop.close();
        loop.close();
        int turns = work.turns.get();
        loop.start();
        assertThat(work.connected).hasValue(1);
        assertThat(work.stopped).hasValue(1);
        assertThat(work.turns).hasValue(turns);
        assertThat(work.wrong).hasValue(0);
    }

    @Test
    void stoppedAtOnceItEndsInPeaceOrNeverBegan() {
        RedisLoop loop = loop(work).start();
        loop.close();
        assertThat(work.stopped.get()).isEqualTo(work.connected.get());
    }

    @Test
    void whereNoRedisIsItSaysSoAndCanBeStopped() {
        RedisLoop loop = new RedisLoop("loop", RedisAddress.local(1), work).start();
        Await.until("trouble", () -> loop.trouble() != null);
        assertThat(loop.trouble()).contains("no Redis at redis://127.0.0.1:1");
        loop.close();
        assertThat(work.connected).hasValue(0);
        assertThat(work.stopped).hasValue(0);
    }

    @Test
    void stoppedWhileItConnectsItEndsWithTheAttempt() throws IOException, InterruptedException {
        ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RedisLoop loop = new RedisLoop("loop", RedisAddress.local(silent.getLocalPort()), work).start();
        Socket connecting = silent.accept();
        Thread stopper = Thread.startVirtualThread(loop::close);
        Await.until("it is asked to stop", () -> stopper.getState() == Thread.State.TIMED_WAITING);
        silent.close();
        connecting.close();
        stopper.join();
        assertThat(work.connected).hasValue(0);
    }

    @Test
    void aLostConnectionIsReplaced() {
        RedisLoop loop = loop(work).start();
        for (int i = 1; i <= 3; i++) {
            int sofar = i;
            Await.until("connected " + i, () -> work.connected.get() == sofar && loop.trouble() == null);
            redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }
        Await.until("connected again", () -> work.connected.get() == 4);
        int turns = work.turns.get();
        Await.until("it works again", () -> work.turns.get() > turns && loop.trouble() == null);
        loop.close();
        assertThat(work.stopped).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class, RedisRefused.class})
    void aTurnThatFailsDoesNotEndTheLoop(Class<? extends Throwable> kind) {
        RedisLoop loop = loop(new Watched() {
            @Override
            public void runOnce(RedisConnection connection) throws InterruptedException {
                super.runOnce(connection);
                if (turns.get() == 2) {
                    fail(kind);
                }
                work.turns.set(turns.get());
            }
        }).start();
        Await.until("it goes on", () -> work.turns.get() > 3 && loop.trouble() == null);
        loop.close();
    }

    private static void fail(Class<? extends Throwable> kind) {
        if (kind == StackOverflowError.class) {
            throw new StackOverflowError("deep");
        }
        throw kind == RedisRefused.class ? new RedisRefused("ERR no", new IOException()) : new IllegalStateException();
    }

    @Test
    void whileEveryTurnFailsItStaysInTroubleAndWaitsLongerEachTime() {
        List<Long> times = new ArrayList<>();
        AtomicReference<RedisLoop> loop = new AtomicReference<>();
        AtomicInteger lulls = new AtomicInteger();
        CountDownLatch enough = new CountDownLatch(4);
        loop.set(loop(connection -> {
            if (!times.isEmpty() && loop.get().trouble() == null) {
                lulls.incrementAndGet();
            }
            times.add(System.nanoTime());
            enough.countDown();
            throw new RedisRefused("WRONGTYPE as ever", new IOException());
        }));
        loop.get().start();
        Await.until("four tries", () -> enough.getCount() == 0);
        loop.get().close();
        assertThat(lulls).hasValue(0);
        assertThat(Duration.ofNanos(times.get(3) - times.get(0))).isGreaterThan(Duration.ofMillis(50 + 100 + 200));
    }

    @Test
    void itMayStopItself() {
        AtomicReference<RedisLoop> loop = new AtomicReference<>();
        AtomicInteger turns = new AtomicInteger();
        loop.set(loop(connection -> {
            turns.incrementAndGet();
            loop.get().close();
        }));
        long before = System.nanoTime();
        loop.get().start();
        Await.until("a turn", () -> turns.get() == 1);
        loop.get().close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        assertThat(turns).hasValue(1);
    }

    @Test
    void aLoopThatDoesNotReturnIsCutOffWhenNobodyWantsToWait() {
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicReference<Throwable> seen = new AtomicReference<>();
        RedisLoop loop = loop(connection -> {
            waiting.countDown();
            try {
                connection.callBlocking(Duration.ofSeconds(60), "BLPOP", "nothing", 60);
            } catch (RedisUnavailable e) {
                seen.set(e);
                throw e;
            }
        }).start();
        Await.until("it waits", () -> waiting.getCount() == 0);
        Thread stopper = Thread.startVirtualThread(loop::close);
        stopper.interrupt();
        Await.until("it is cut", () -> seen.get() != null);
    }

    /** Random starts, stops and lost connections from several threads. */
    @RepeatedTest(40)
    void whateverIsDoneToItItEndsOnceAndForGood() throws InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        RedisLoop loop = new RedisLoop("loop", random.nextInt(4) == 0 ? RedisAddress.local(1) : redis.address(), work);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int[] deeds = random.ints(6, 0, 3).toArray();
            boolean stops = t == 0;
            threads.add(Thread.startVirtualThread(() -> {
                for (int deed : deeds) {
                    switch (deed) {
                        case 0, 1 -> loop.start();
                        default -> loop.trouble();
                    }
                }
                if (stops) {
                    loop.close();
                    loop.close();
                }
            }));
        }
        if (random.nextBoolean()) {
            redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }
        for (Thread thread : threads) {
            thread.join();
        }
        loop.close();
        int turns = work.turns.get();
        assertThat(work.stopped.get()).as("seed %d", seed).isLessThanOrEqualTo(1);
        assertThat(work.wrong).as("seed %d", seed).hasValue(0);
        Await.until("its connection is closed", () -> Replies.text(redis.call("CLIENT", "LIST")).lines().count() == 1);
        assertThat(work.turns).as("seed %d", seed).hasValue(turns);
    }

    @Test
    void whoWasRefusedAWriteIsInTroubleUntilOneWouldBeDoneAlthoughReadsGoWell() {
        redis.call("CONFIG", "SET", "min-replicas-to-write", 1);
        try (RedisLoop loop = loop(new RedisLoop.Work() {
            @Override
            public void runOnce(RedisConnection connection) {
                if (work.turns.incrementAndGet() % 2 == 0) {
                    connection.call("SET", "key", "value");
                }
            }
        }).start()) {
            Await.until("trouble", () -> loop.trouble() != null);
            long then = connections();
            Await.until("it has tried again and again", () -> connections() > then + 3);
            assertThat(work.turns).hasValue(2);
            assertThat(loop.trouble()).startsWith("NOREPLICAS");
            redis.call("CONFIG", "SET", "min-replicas-to-write", 0);
            Await.until("it goes on", () -> loop.trouble() == null && work.turns.get() > 3);
        } finally {
            redis.call("CONFIG", "SET", "min-replicas-to-write", 0);
        }
    }

    private static long connections() {
        return Replies.text(redis.call("INFO", "stats")).lines()
                .filter(line -> line.startsWith("total_connections_received:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip())).findFirst()
                .orElseThrow();
    }
}
