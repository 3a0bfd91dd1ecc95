package framebuffer.app.house;

import framebuffer.app.config.ConfigSection.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one member for each entry of a file, and follows changes of the file: an entry that did not change keeps its member. A member that
 * cannot start, or fails, starts again after a pause; the others are not disturbed. For one thread at a time.
 *
 * @param <E> the options of an entry
 * @param <M> what runs for an entry
 */
final class EntryGroup<E, M extends AutoCloseable> implements AutoCloseable {
    /** Pause before a member that failed starts again. */
    static final Duration PAUSE = Duration.ofSeconds(10);

    /** Native code that hangs must not hold up the others. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(EntryGroup.class);

    private final String kind;
    private final Starter<E, M> starter;
    private final Predicate<M> failed;
    private final LongSupplier nanos;
    private final Map<String, Member<E, M>> members = new LinkedHashMap<>();

    /** Starts the member of an entry. */
    @FunctionalInterface
    interface Starter<E, M> {
        M start(String id, E options) throws InterruptedException;
    }

    /** An entry, its member as it starts, and since when it rests after a failure. */
    private static final class Member<E, M> {
        private final Entry<E> entry;
        private CompletableFuture<M> running = new CompletableFuture<>();
        private Thread starting = Thread.currentThread();
        private boolean resting;
        private long restSince;

        Member(Entry<E> entry) {
            this.entry = entry;
        }
    }

    /**
     * The result of a change of the file, by id.
     */
    record Change(List<String> added, List<String> changed, List<String> removed) {
        boolean isEmpty() {
            return added.isEmpty() && changed.isEmpty() && removed.isEmpty();
        }
    }

    /**
     * @param kind one word, for the log
     * @param starter called on a thread of its own for each start
     * @param failed whether a member must start again
     * @param nanos a monotonic clock, like {@link System#nanoTime()}
     */
    EntryGroup(String kind, Starter<E, M> starter, Predicate<M> failed, LongSupplier nanos) {
        this.kind = kind;
        this.starter = starter;
        this.failed = failed;
        this.nanos = nanos;
    }

    /** Starts, replaces and stops members until they are those of these entries. Waits for the stops, not for the starts. */
    Change apply(Map<String, Entry<E>> wanted) {
        Change change = new Change(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<Member<E, M>> leaving = new ArrayList<>();
        members.forEach((id, member) -> {
            if (!wanted.containsKey(id)) {
                change.removed().add(id);
                leaving.add(member);
            } else if (!member.entry.equals(wanted.get(id))) {
                change.changed().add(id);
                leaving.add(member);
            }
        });
        members.values().removeAll(leaving);
        stop(leaving);
        wanted.forEach((id, entry) -> {
            if (!members.containsKey(id)) {
                Member<E, M> member = new Member<>(entry);
                members.put(id, member);
                start(id, member);
                if (!change.changed().contains(id)) {
                    change.added().add(id);
                }
            }
        });
        return change;
    }

    /** Starts members again that could not start, or have failed, after a pause. */
    void tend() {
        members.forEach((id, member) -> {
            if (!member.running.isDone() || !hasFailed(id, member)) {
                return;
            }
            if (nanos.getAsLong() - member.restSince >= PAUSE.toNanos()) {
                stop(List.of(member));
                member.resting = false;
                start(id, member);
            }
        });
    }

    /** The number of members that wait for another start. */
    int resting() {
        return (int) members.values().stream().filter(member -> member.resting).count();
    }

    private boolean hasFailed(String id, Member<E, M> member) {
        if (member.resting) {
            return true;
        }
        Throwable why = member.running.isCompletedExceptionally() ? member.running.exceptionNow() : null;
        if (why == null && !failed.test(member.running.join())) {
            return false;
        }
        member.resting = true;
        member.restSince = nanos.getAsLong();
        if (why == null) {
            log.info("{} {} has ended, starting it again in {} s", kind, id, PAUSE.toSeconds());
        } else {
            log.warn("{} {} cannot start, trying again every {} s: {}", kind, id, PAUSE.toSeconds(), why.getMessage());
        }
        return true;
    }

    /** On platform threads, because native code is loaded, and in parallel, because registering takes a while. */
    private void start(String id, Member<E, M> member) {
        CompletableFuture<M> running = new CompletableFuture<>();
        member.running = running;
        Thread starting = Thread.ofPlatform().daemon().name("start-" + id).unstarted(() -> {
            try {
                running.complete(starter.start(id, member.entry.options()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                running.completeExceptionally(e);
            } catch (Throwable e) {
                // Also an error such as a full memory: nothing may wait for this start for ever.
                running.completeExceptionally(e);
            }
        });
        member.starting = starting;
        try {
            starting.start();
        } catch (OutOfMemoryError e) {
            // The system refuses another thread.
            running.completeExceptionally(e);
        }
    }

    /** In parallel, because each close is slow. */
    private void stop(Collection<Member<E, M>> leaving) {
        leaving.stream().filter(member -> !member.running.isDone()).forEach(member -> member.starting.interrupt());
        List<CompletableFuture<Void>> closing = leaving.stream()
                .map(member -> member.running.handle((running, _) -> running)
                        .thenAcceptAsync(this::close, Thread::startVirtualThread))
                .toList();
        closing.forEach(one -> {
            try {
                one.orTimeout(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS).join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof TimeoutException) {
                    log.warn("a {} did not stop within {} s; it is left alone", kind, STOP_WITHIN.toSeconds());
                } else {
                    log.warn("a {} did not stop cleanly", kind, e.getCause());
                }
            }
        });
    }

    private void close(@Nullable M running) {
        try {
            if (running != null) {
                running.close();
            }
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public void close() {
        stop(members.values());
        members.clear();
    }
}
