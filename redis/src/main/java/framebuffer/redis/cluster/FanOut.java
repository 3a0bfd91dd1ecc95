package framebuffer.redis.cluster;

import framebuffer.redis.RedisUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * Queries all partitions in parallel, so that a slow partition does not delay the others. A single partition is queried on the calling
 * thread.
 *
 * <p>
 * All methods except {@link #reachable} throw {@link RedisUnavailable} when a partition does not answer.
 */
public final class FanOut {
    private FanOut() {
    }

    private sealed interface PartitionAnswer<R> {
        record Answered<R>(R answer) implements PartitionAnswer<R> {
        }

        record Unreachable<R>(RedisUnavailable why) implements PartitionAnswer<R> {
        }
    }

    /** The answers of all partitions, in order. */
    public static <T, R> List<R> all(List<T> partitions, Function<T, R> question) {
        return answers(partitions, question).stream().map(answer -> switch (answer) {
            case PartitionAnswer.Answered<R>(R given) -> given;
            case PartitionAnswer.Unreachable<R>(RedisUnavailable why) -> throw why;
        }).toList();
    }

    /** The sum of the answers of all partitions. */
    public static <T, R> R sum(List<T> partitions, Function<T, R> question, BinaryOperator<R> plus) {
        return all(partitions, question).stream().reduce(plus).orElseThrow();
    }

    /** The first non-empty answer, in the order of the partitions. */
    public static <T, R> Optional<R> first(List<T> partitions, Function<T, Optional<R>> question) {
        return all(partitions, question).stream().flatMap(Optional::stream).findFirst();
    }

    /**
     * The answers of all reachable partitions, in order.
     *
     * @throws RedisUnavailable when no partition is reachable
     */
    public static <T, R> List<R> reachable(List<T> partitions, Function<T, R> question) {
        List<R> given = new ArrayList<>(partitions.size());
        RedisUnavailable last = null;
        for (PartitionAnswer<R> answer : answers(partitions, question)) {
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
