package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.testing.TestRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.FaultProxy;
import framebuffer.wire.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConnectionTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();

    @Test
    void bytesGoThroughUnchanged() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        redis.call("SET", all, all);
        assertThat((byte[]) redis.call("GET", all)).isEqualTo(all);
    }

    @Test
    void anErrorIsRefusedAndTheConnectionGoesOn() {
        redis.call("SET", "key", "text");
        assertThatThrownBy(() -> redis.call("LPUSH", "key", "a")).isInstanceOf(RedisRefused.class)
                .satisfies(e -> assertThat(((RedisRefused) e).code()).isEqualTo("WRONGTYPE"));
        assertThat(Replies.text(redis.call("GET", "key"))).isEqualTo("text");
    }

    @Test
    void theCodeOfAnErrorOfOneWordIsThatWord() {
        assertThat(new RedisRefused("FAIL", new IllegalStateException()).code()).isEqualTo("FAIL");
    }

    @Test
    void whatCannotBeSentIsAFaultOfOurs() {
        assertThatThrownBy(() -> redis.call("SET", "key", 1.5)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Replies.text(redis.call("PING"))).isEqualTo("PONG");
    }

    @Test
    void noServerIsUnavailable() {
        assertThatThrownBy(() -> RedisConnection.open(RedisAddress.local(1))).isInstanceOf(RedisUnavailable.class)
                .hasMessageStartingWith("no Redis at redis://127.0.0.1:1");
    }

    @Test
    void aWrongPasswordIsRefusedAndNotShown() {
        redis.call("ACL", "SETUSER", "anna", "on", ">secret");
        RedisAddress wrong = RedisAddress.parse("redis://anna:hush@127.0.0.1:" + redis.address().port());
        assertThatThrownBy(() -> RedisConnection.open(wrong)).isInstanceOf(RedisRefused.class)
                .hasMessageNotContaining("hush");
    }

    @Test
    void aPasswordWithSpecialCharactersLogsIn() {
        String password = "p:/@%+ é";
        redis.call("ACL", "SETUSER", "anna", "on", ">" + password, "~*", "+@all");
        RedisAddress local = redis.address();
        RedisAddress asAnna = new RedisAddress(local.host(), local.port(), false, "anna", new Secret(password), 3,
                ConnectTimeouts.DEFAULT);
        try (RedisConnection anna = RedisConnection.open(asAnna)) {
            assertThat(Replies.text(anna.call("ACL", "WHOAMI"))).isEqualTo("anna");
            assertThat(Replies.text(anna.call("CLIENT", "INFO"))).contains(" db=3 ");
        }
    }

    @Test
    void aServerWithoutTlsIsUnavailableByTls() {
        try (SayingServer server = new SayingServer("-ERR unknown command\r\n", "")) {
            RedisAddress tls = new RedisAddress("127.0.0.1", server.address().port(), true, null, null, 0,
                    ConnectTimeouts.DEFAULT);
            assertThatThrownBy(() -> RedisConnection.open(tls)).isInstanceOf(RedisUnavailable.class);
        }
    }

    @Test
    void aReplyIsAwaitedNoLongerThanTheAddressHasPatience() {
        try (SayingServer server = new SayingServer(SayingServer.GREETING, "")) {
            RedisAddress hasty = server.address()
                    .with(new ConnectTimeouts(Duration.ofMillis(20), Duration.ofMillis(2), Duration.ofMillis(2)));
            assertThatThrownBy(() -> {
                try (RedisConnection silent = RedisConnection.open(hasty)) {
                    silent.call("PING");
                }
            }).isInstanceOf(RedisUnavailable.class).hasMessageContaining("timed out");
        }
    }

    @Test
    void aPauseCannotShrinkWithEachTry() {
        assertThatThrownBy(
                () -> new ConnectTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("PT2S");
    }

    @Test
    void localhostIsTheLoopbackOfIpv6Too() throws IOException {
        try (ServerSocket onlyThere = new ServerSocket(0, 10, InetAddress.getAllByName("::1")[0])) {
            Thread.startVirtualThread(() -> pong(onlyThere));
            RedisAddress address = RedisAddress.parse("redis://localhost:" + onlyThere.getLocalPort());
            try (RedisConnection connection = RedisConnection.open(address)) {
                assertThat(Replies.text(connection.call("PING"))).isEqualTo("PONG");
            }
        }
        RedisAddress nowhere = RedisAddress.parse("redis://localhost:1");
        assertThatThrownBy(() -> RedisConnection.open(nowhere)).isInstanceOf(RedisUnavailable.class)
                .hasMessageContaining("redis://localhost:1");
    }

    private static void pong(ServerSocket server) {
        try (Socket client = server.accept()) {
            byte[] asked = new byte[4096];
            String next = "*2\r\n$5\r\nproto\r\n:2\r\n";
            while (client.getInputStream().read(asked) >= 0) {
                client.getOutputStream().write(next.getBytes(StandardCharsets.US_ASCII));
                next = "+PONG\r\n";
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    @Test
    void onceClosedItStaysSo() {
        RedisConnection closed = redis.connect();
        closed.close();
        closed.close();
        assertThat(closed.isBroken()).isTrue();
        assertThatThrownBy(() -> closed.call("SET", "key", "x")).isInstanceOf(RedisUnavailable.class);
        assertThatThrownBy(() -> closed.callBlocking(Duration.ofMillis(1), "SET", "key", "x"))
                .isInstanceOf(RedisUnavailable.class);
        assertThatThrownBy(closed::flush).isInstanceOf(RedisUnavailable.class);
        assertThatThrownBy(closed::receive).isInstanceOf(RedisUnavailable.class);
        assertThat(redis.call("GET", "key")).isNull();
    }

    @Test
    void onceCutItStaysSo() {
        try (FaultProxy proxy = new FaultProxy(redis.address().port());
                RedisConnection cut = RedisConnection.open(RedisAddress.local(proxy.port()))) {
            proxy.cutAfter(FaultProxy.Direction.TO_SERVER, 5);
            assertThatThrownBy(() -> cut.call("SET", "key", "x")).isInstanceOf(RedisUnavailable.class);
            assertThat(cut.isBroken()).isTrue();
            assertThatThrownBy(() -> cut.call("SET", "key", "x")).isInstanceOf(RedisUnavailable.class);
            proxy.awaitEnd();
        }
        assertThat(redis.call("GET", "key")).isNull();
    }

    @Test
    void aThreadThatWaitsInRedisSeesTheConnectionCut() throws InterruptedException {
        RedisConnection waiting = redis.connect();
        long id = Replies.number(waiting.call("CLIENT", "ID"));
        AtomicReference<Throwable> seen = new AtomicReference<>();
        CountDownLatch over = new CountDownLatch(1);
        Thread.startVirtualThread(() -> {
            try {
                waiting.callBlocking(Duration.ofSeconds(60), "BLPOP", "nothing", 60);
            } catch (RedisUnavailable e) {
                seen.set(e);
            } finally {
                over.countDown();
            }
        });
        Await.until("it waits", () -> Replies.text(redis.call("CLIENT", "LIST", "ID", id))
                .contains(" cmd=blpop "));
        waiting.close();
        over.await();
        assertThat(seen.get()).isInstanceOf(RedisUnavailable.class);
    }

    @Test
    void aBlockingCallWaitsLongerThanTheTimeout() {
        assertThat(redis.connection().callBlocking(Duration.ofMillis(50), "BLPOP", "nothing", "0.05")).isNull();
        assertThat(Replies.text(redis.call("PING"))).isEqualTo("PONG");
    }

    @Test
    void aServerThatIsLoadingIsUnavailableAndTheConnectionIsOver() {
        try (SayingServer server = new SayingServer(SayingServer.GREETING,
                "-LOADING Redis is loading the dataset in memory\r\n");
                RedisConnection loading = RedisConnection.open(server.address())) {
            loading.send("PING", List.of());
            loading.send("PING", List.of());
            assertThatThrownBy(loading::receive).isInstanceOf(RedisUnavailable.class).hasMessageContaining("LOADING");
            assertThat(loading.isBroken()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\n\r\n", ":1\r\n", ":x\r\n", ":-\r\n", "+OK\r\n", "*-7\r\n",
            "*2147483647\r\n:x", "$2147483647\r\nx", "$-2\r\n", "$99999999999999999999999\r\n", "$1\r\nab\r\n",
            "*1\r\n*1\r\n:1\r\n", "\u0000\u0001\r\n", "%1\r\n+a\r\n+b\r\n"})
    void aServerThatSpeaksAnotherLanguageIsUnavailable(String greeting) {
        try (SayingServer server = new SayingServer(greeting, greeting)) {
            assertThatThrownBy(() -> RedisConnection.open(server.address())).isInstanceOf(RedisUnavailable.class)
                    .hasMessageStartingWith("no Redis at " + server.address());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*-7\r\n", "*2147483647\r\n", "$2147483647\r\nx", "$1\r\nab\r\n", ":1x\r\n", "?\r\n",
            "*1\r\n?\r\n", ":123456789012345678901234\r\n"})
    void aCorruptReplyEndsTheConnectionAndTakesNoMemory(String reply) {
        try (SayingServer server = new SayingServer(SayingServer.GREETING, reply);
                RedisConnection corrupt = RedisConnection.open(server.address())) {
            assertThatThrownBy(() -> corrupt.call("PING")).isInstanceOf(RedisUnavailable.class)
                    .hasMessageContaining("is no Redis, or its answer is corrupt");
            assertThat(corrupt.isBroken()).isTrue();
        }
    }

    @Test
    void aReplyThatIsNestedTooDeeplyEndsTheConnection() {
        try (SayingServer server = new SayingServer(SayingServer.GREETING, "*1\r\n".repeat(10_000));
                RedisConnection corrupt = RedisConnection.open(server.address())) {
            assertThatThrownBy(() -> corrupt.call("PING")).isInstanceOf(RedisUnavailable.class);
        }
    }

    @Test
    void aLongReplyIsReadWhole() {
        byte[] much = new byte[3_000_000];
        new Random(7).nextBytes(much);
        redis.call("SET", "key", much);
        assertThat((byte[]) redis.call("GET", "key")).isEqualTo(much);
        assertThat(Replies.number(redis.call("STRLEN", "key"))).isEqualTo(much.length);
    }

    @Test
    void theGreatestAndTheLeastNumberAreRead() {
        assertThat(redis.call("INCRBY", "most", Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(redis.call("INCRBY", "least", Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(redis.call("GET", "nothing")).isNull();
    }

    @Test
    void aTransactionAnswersEachCommand() {
        assertThat(redis.connection().transaction(List.of(List.of("INCR", "n"), List.of("INCR", "n"))))
                .containsExactly(1L, 2L);
    }

    @Test
    void aTransactionIsNotRunWhenAWatchedKeyWasChanged() {
        RedisConnection mine = redis.connection();
        mine.call("WATCH", "n");
        redis.connect().call("SET", "n", "7");
        assertThat(mine.transaction(List.of(List.of("INCR", "n")))).isNull();
        assertThat(Replies.text(mine.call("GET", "n"))).isEqualTo("7");
    }

    @Test
    void aTransactionThatCannotBeQueuedDoesNothing() {
        RedisConnection mine = redis.connection();
        assertThatThrownBy(() -> mine.transaction(List.of(List.of("INCR", "n"), List.of("NOSUCH"))))
                .isInstanceOf(RedisRefused.class).hasMessageContaining("unknown command");
        assertThat(mine.call("GET", "n")).isNull();
    }

    @Test
    void aTransactionWithACommandThatFailsIsRefused() {
        redis.call("SET", "text", "x");
        RedisConnection mine = redis.connection();
        assertThatThrownBy(() -> mine.transaction(List.of(List.of("INCR", "n"), List.of("LPUSH", "text", "a"))))
                .isInstanceOf(RedisRefused.class).hasMessageStartingWith("WRONGTYPE");
        assertThat((byte[]) mine.call("GET", "n")).isEqualTo("1".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void pipelinedRepliesComeInOrder() {
        RedisConnection mine = redis.connection();
        for (int i = 1; i <= 100; i++) {
            mine.send("INCR", List.of("n"));
        }
        for (long i = 1; i <= 100; i++) {
            assertThat(mine.receive()).isEqualTo(i);
        }
    }
}
