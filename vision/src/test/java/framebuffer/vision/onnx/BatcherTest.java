package framebuffer.vision.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(1);

    private final List<List<String>> batches = Collections.synchronizedList(new ArrayList<>());
    private final List<Batcher<String, String>> open = new ArrayList<>();
    /** A batch that contains "slow" reports here, and then waits for a permit. */
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);

    private Batcher<String, String> batcher(int most, Duration wait) {
        Batcher<String, String> batcher = new Batcher<>(most, wait, this::work);
        open.add(batcher);
        return batcher;
    }

    private List<String> work(List<String> inputs) {
        batches.add(List.copyOf(inputs));
        if (inputs.contains("slow")) {
            begun.release();
            mayEnd.acquireUninterruptibly();
        }
        if (inputs.contains("bad")) {
            throw new IllegalArgumentException("a bad input");
        }
        return inputs.stream().map(input -> input + "!").toList();
    }

    @AfterEach
    void close() {
        mayEnd.release(100);
        open.forEach(Batcher::close);
    }

    /** A thread that waits for the output of one input. */
    private record Call(Thread thread, CompletableFuture<String> output) {
        static Call of(Batcher<String, String> batcher, String input) {
            CompletableFuture<String> output = new CompletableFuture<>();
            return new Call(Thread.ofPlatform().daemon().start(() -> {
                try {
                    output.complete(
                            batcher.run(input) + (Thread.currentThread().isInterrupted() ? " interrupted" : ""));
                } catch (IllegalStateException e) {
                    output.completeExceptionally(e);
                }
            }), output);
        }

        static List<Call> of(Batcher<String, String> batcher, String... inputs) {
            return Arrays.stream(inputs).map(input -> of(batcher, input)).toList();
        }

        String join() {
            return output.join();
        }

        void awaitWaiting() {
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aFullBatchGoesAtOnce() {
        Batcher<String, String> batcher = batcher(3, LONG);
        List<Call> answers = Call.of(batcher, "a", "b", "c");
        assertThat(answers).extracting(Call::join).containsExactly("a!", "b!", "c!");
        assertThat(batches).singleElement().satisfies(batch -> assertThat(batch).containsExactlyInAnyOrder("a", "b",
                "c"));
    }

    @Test
    void aLoneInputGoesAfterTheWait() {
        assertThat(batcher(3, SHORT).run("a")).isEqualTo("a!");
        assertThat(batches).containsExactly(List.of("a"));
    }

    @Test
    void whileABatchRunsTheNextOneFills() {
        Batcher<String, String> batcher = batcher(4, SHORT);
        Call slow = Call.of(batcher, "slow");
        begun.acquireUninterruptibly();
        List<Call> answers = Call.of(batcher, "a", "b", "c", "d");
        answers.forEach(Call::awaitWaiting);
        mayEnd.release();
        assertThat(answers).extracting(Call::join).containsExactly("a!", "b!", "c!", "d!");
        assertThat(slow.join()).isEqualTo("slow!");
        assertThat(batches).hasSize(2).last().satisfies(batch -> assertThat(batch).hasSize(4));
    }

    @Test
    void whatDoesNotFitIntoABatchGoesWithTheNext() {
        Batcher<String, String> batcher = batcher(2, LONG);
        List<Call> answers = Call.of(batcher, "a", "b", "c", "d", "e", "f");
        assertThat(answers).extracting(Call::join).containsExactly("a!", "b!", "c!", "d!", "e!", "f!");
        assertThat(batches).hasSize(3).allSatisfy(batch -> assertThat(batch).hasSize(2));
    }

    @Test
    void aBadInputDoesNotChargeItsNeighbours() {
        List<Call> answers = Call.of(batcher(3, LONG), "a", "bad", "c");
        assertThat(answers.getFirst().join()).isEqualTo("a!");
        assertThat(answers.getLast().join()).isEqualTo("c!");
        assertThatThrownBy(() -> answers.get(1).join()).isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("a bad input");
        assertThat(batches).first().satisfies(batch -> assertThat(batch).hasSize(3));
        assertThat(batches.subList(1, batches.size())).containsExactlyInAnyOrder(List.of("a"), List.of("bad"),
                List.of("c"));
    }

    @Test
    void aBadInputAloneIsRunOnce() {
        Batcher<String, String> batcher = batcher(3, SHORT);
        assertThatThrownBy(() -> batcher.run("bad")).isInstanceOf(IllegalStateException.class)
                .hasMessage("a bad input");
        assertThat(batches).containsExactly(List.of("bad"));
        assertThat(batcher.run("a")).isEqualTo("a!");
    }

    @Test
    void whoIsInterruptedBeforeTheBatchLeavesIt() {
        Batcher<String, String> batcher = batcher(2, SHORT);
        Call slow = Call.of(batcher, "slow");
        begun.acquireUninterruptibly();
        Call gone = Call.of(batcher, "gone");
        gone.awaitWaiting();
        gone.thread().interrupt();
        assertThatThrownBy(gone::join).hasRootCauseInstanceOf(InterruptedException.class);
        mayEnd.release();
        assertThat(slow.join()).isEqualTo("slow!");
        assertThat(batcher.run("a")).isEqualTo("a!");
        assertThat(batches).containsExactly(List.of("slow"), List.of("a"));
    }

    @Test
    void whoIsInterruptedDuringTheBatchWaitsForItsEnd() {
        Batcher<String, String> batcher = batcher(1, SHORT);
        Call answer = Call.of(batcher, "slow");
        begun.acquireUninterruptibly();
        answer.thread().interrupt();
        answer.awaitWaiting();
        assertThat(answer.output()).isNotDone();
        mayEnd.release();
        assertThat(answer.join()).isEqualTo("slow! interrupted");
    }

    @Test
    void whatWaitsAtTheEndIsRunAndNothingAfterIt() {
        Batcher<String, String> batcher = batcher(5, LONG);
        List<Call> answers = Call.of(batcher, "a", "b");
        answers.forEach(Call::awaitWaiting);
        batcher.close();
        batcher.close();
        assertThat(Stream.of(answers.getFirst().join(), answers.getLast().join())).containsExactly("a!", "b!");
        assertThatThrownBy(() -> batcher.run("late")).isInstanceOf(IllegalStateException.class);
    }
}
