package framebuffer.streams.partition;

import framebuffer.streams.RedisUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Asks in all partitions at once, so that one that is slow to answer does not hold up the rest one after the other. */
public final class Everywhere {
    private Everywhere() {
    }

    /** What came of a question. */
    private sealed interface Answer<R> {
        /** It was answered. */
        record Given<R>(R answer) implements Answer<R> {
        }

        /** It was not. */
        record Away<R>(RedisUnavailable why) implements Answer<R> {
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
            case Answer.Given<R>(R given) -> given;
            case Answer.Away<R>(RedisUnavailable why) -> throw why;
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
        for (Answer<R> answer : answers(all, question)) {
            switch (answer) {
                case Answer.Given<R>(R one) -> given.add(one);
                case Answer.Away<R>(RedisUnavailable why) -> last = why;
            }
        }
        if (given.isEmpty() && last != null) {
            throw last;
        }
        return given;
    }

    private static <T, R> List<Answer<R>> answers(List<T> all, Function<T, R> question) {
        if (all.size() == 1) {
            return List.of(answer(all.getFirst(), question));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer<R>>> asked = all.stream().map(each -> threads.submit(() -> answer(each, question)))
                    .toList();
            List<Answer<R>> answers = new ArrayList<>(all.size());
            for (Future<Answer<R>> answer : asked) {
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

    private static <T, R> Answer<R> answer(T each, Function<T, R> question) {
        try {
            return new Answer.Given<>(question.apply(each));
        } catch (RedisUnavailable e) {
            return new Answer.Away<>(e);
        }
    }
}
