package framebuffer.redis.cluster;

import framebuffer.redis.RedisUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Asks in all partitions at once, so that one that is slow to answer does not hold up the rest one after the other. */
public final class FanOut {
    private FanOut() {
    }

    /** What came of a question. */
    private sealed interface PartitionAnswer<R> {
        /** It was answered. */
        record Answered<R>(R answer) implements PartitionAnswer<R> {
        }

        /** It was not. */
        record Unreachable<R>(RedisUnavailable why) implements PartitionAnswer<R> {
        }
    }

    /**
     * What each answers, in order.
     *
     * @throws RedisUnavailable
     *             when one of them does not answer
     */
    public static <T, R> List<R> ask(List<T> all, Function<T, R> question) {
        return answers(all, question).stream().map(answer -> switch (answer) {
            case PartitionAnswer.Answered<R>(R given) -> given;
            case PartitionAnswer.Unreachable<R>(RedisUnavailable why) -> throw why;
        }).toList();
    }

    /**
     * What those answer that do, in order.
     *
     * @throws RedisUnavailable
     *             when none does
     */
    public static <T, R> List<R> whereItAnswers(List<T> all, Function<T, R> question) {
        List<R> given = new ArrayList<>(all.size());
        RedisUnavailable last = null;
        for (PartitionAnswer<R> answer : answers(all, question)) {
            switch (answer) {
                case PartitionAnswer.Answered<R>(R one) -> given.add(one);
                case PartitionAnswer.Unreachable<R>(RedisUnavailable why) -> last = why;
            }
        }
        if (given.isEmpty() && last != null) {
            throw last;
        }
        return given;
    }

    private static <T, R> List<PartitionAnswer<R>> answers(List<T> all, Function<T, R> question) {
        if (all.size() == 1) {
            return List.of(answer(all.getFirst(), question));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PartitionAnswer<R>>> asked = all.stream()
                    .map(each -> threads.submit(() -> answer(each, question)))
                    .toList();
            List<PartitionAnswer<R>> answers = new ArrayList<>(all.size());
            for (Future<PartitionAnswer<R>> answer : asked) {
                answers.add(answer.get());
            }
            return answers;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailable("interrupted while waiting for Redis", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private static <T, R> PartitionAnswer<R> answer(T each, Function<T, R> question) {
        try {
            return new PartitionAnswer.Answered<>(question.apply(each));
        } catch (RedisUnavailable e) {
            return new PartitionAnswer.Unreachable<>(e);
        }
    }
}
