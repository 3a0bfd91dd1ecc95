package framebuffer.redis.tables;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.testing.TestRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CircuitStoreTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final Script COUNT = Script.of("circuits.lua", "log_count.lua");
    private static final Script MOVE = Script.of("log_move.lua", "move_circuit.lua");

    private final CircuitStore board = new CircuitStore(KEYS);

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"-, failed, closed 1", "closed 1, failed, closed 2", "closed 9, succeeded, -",
            "-, succeeded, -", "open 5 failures, succeeded, open 5 failures",
            "open 5 failures, failed, open 5 failures",
            "open 5 stalled, succeeded, -", "open 5 stalled, failed, open 5 stalled",
            "half-open 5 0 0 failures, succeeded, half-open 5 1 0 failures",
            "half-open 5 9 0 stalled, succeeded, half-open 5 10 0 stalled",
            "half-open 5 1 0 stalled, failed, half-open 5 1 1 stalled",
            "half-open 5 1 1 failures, succeeded, half-open 5 2 1 failures", "nonsense, failed, closed 1",
            "nonsense, succeeded, -"})
    void anAnswerCounts(String before, String outcome, String after) {
        if (before != null) {
            redis.call("HSET", KEYS.circuits(), "p", before);
        }
        COUNT.call(redis.connection(), List.of(KEYS.circuits()), List.of("p", outcome));
        assertThat(board.read(redis.connection())).isEqualTo(after == null ? Map.of() : Map.of("p", after));
    }

    @ParameterizedTest
    @CsvSource({"4999-7, half-open 5000 1 0 failures", "5000-0, half-open 5000 1 1 failures"})
    void whatWasSentBeforeItGotAFewFramesAgainDoesNotCountAgainstIt(String entry, String after) {
        redis.call("HSET", KEYS.circuits(), "p", "half-open 5000 1 0 failures");
        COUNT.call(redis.connection(), List.of(KEYS.circuits()), List.of("p", "failed", entry));
        assertThat(board.read(redis.connection())).containsEntry("p", after);
    }

    @Test
    void aHashThatSomebodyElseHasSpoiltStopsNoAnswer() {
        redis.call("SET", KEYS.circuits(), "text");
        COUNT.call(redis.connection(), List.of(KEYS.circuits()), List.of("p", "failed"));
        COUNT.call(redis.connection(), List.of(KEYS.circuits()), List.of("p", "succeeded"));
        assertThat(Replies.text(redis.call("GET", KEYS.circuits()))).isEqualTo("text");
    }

    @Test
    void aCircuitIsMovedOnlyIfItStillIsAsItWasSeen() {
        assertThat(board.move(redis.connection(), "p", "closed 3", "open 5 failures")).isFalse();
        assertThat(board.move(redis.connection(), "p", "", "open 5 failures")).isTrue();
        assertThat(board.move(redis.connection(), "p", "", "open 6 failures")).isFalse();
        assertThat(board.move(redis.connection(), "p", "open 5 failures", "")).isTrue();
        assertThat(board.read(redis.connection())).isEmpty();
    }

    @Test
    void whoIsRegisteredIsNotForgotten() {
        redis.call("HSET", KEYS.circuits(), "here", "closed 1", "gone", "closed 1");
        redis.call("HSET", KEYS.registry(), "here", "{}");
        assertThat(board.forget(redis.connection(), "here", "closed 1")).isFalse();
        assertThat(board.forget(redis.connection(), "gone", "closed 2")).isFalse();
        assertThat(board.forget(redis.connection(), "gone", "closed 1")).isTrue();
        assertThat(board.read(redis.connection())).containsOnlyKeys("here");
    }

    /** Concurrent changes have the same result as sequential changes in Redis's order. */
    @RepeatedTest(5)
    void whateverManyReportAndMoveAtOnceSomeOrderExplains(RepetitionInfo repetition) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Random random = new Random(100L * repetition.getCurrentRepetition() + i);
                RedisConnection mine = redis.connect();
                all.add(threads.submit(() -> {
                    for (int step = 0; step < 60; step++) {
                        act(mine, random, step);
                    }
                }));
            }
            await(all);
        }
        String state = "";
        for (Object one : Replies.list(redis.call("LRANGE", "log", 0, -1))) {
            state = explained(state, Replies.text(one));
        }
        assertThat(board.read(redis.connection()).getOrDefault("p", "")).isEqualTo(state);
    }

    private void act(RedisConnection mine, Random random, int step) {
        int choice = random.nextInt(10);
        if (choice < 8) {
            COUNT.call(mine, List.of(KEYS.circuits()), List.of("p", choice < 4 ? "succeeded" : "failed"));
            return;
        }
        String seen = board.read(mine).getOrDefault("p", "");
        String cause = random.nextBoolean() ? "failures" : "stalled";
        String next = seen.startsWith("open")
                ? "half-open " + step + " 0 0 " + cause
                : seen.startsWith("half-open") && random.nextBoolean() ? "" : "open " + step + " " + cause;
        MOVE.call(mine, List.of(KEYS.circuits(), KEYS.registry()), List.of("p", seen, next, 0));
    }

    private static String explained(String state, String what) {
        if (what.contains(">")) {
            int at = what.indexOf('>');
            return state.equals(what.substring(0, at)) ? what.substring(at + 1) : state;
        }
        boolean succeeded = what.equals("succeeded");
        String[] parts = state.split(" ", -1);
        return switch (parts[0]) {
            case "open" -> succeeded && parts[2].equals("stalled") ? "" : state;
            case "half-open" -> String.join(" ", parts[0], parts[1],
                    Integer.toString(Integer.parseInt(parts[2]) + (succeeded ? 1 : 0)), succeeded ? parts[3] : "1",
                    parts[4]);
            default -> succeeded ? "" : "closed " + (state.isEmpty() ? 1 : Integer.parseInt(parts[1]) + 1);
        };
    }

    private static void await(List<Future<?>> all) throws InterruptedException, ExecutionException {
        for (Future<?> one : all) {
            one.get();
        }
    }
}
