package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.HandOff.BatchOutcome;
import framebuffer.redis.handoff.HandOff.HandOffBatch;
import framebuffer.redis.handoff.HandOff.OwnershipMark;
import framebuffer.wire.EntryId;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hand-offs over one connection, for one consumer: all that the pump asks of Redis. */
public interface HandOffs {
    /**
     * Puts a batch on its way. Batches are awaited in the order in which they were begun.
     *
     * @return the reply that is on its way
     */
    Reply begin(HandOffBatch batch);

    /** The reply to a batch. */
    @FunctionalInterface
    interface Reply {
        /** Waits for the outcome; see {@link HandOff.InFlight#await}. */
        BatchOutcome await();
    }

    /** Notes that what is pending is this consumer's own; see {@link HandOff#mark}. */
    OwnershipMark mark();

    /** Whether it still is; see {@link HandOff#stands}. */
    boolean stands(OwnershipMark mark);

    /** Stream → the oldest entry that is pending there for the consumer; null: none is. */
    @Nullable
    EntryId oldestPending(String stream);

    /** The streams in which entries are pending for the consumer. */
    List<String> streams();

    /**
     * Hand-offs in Redis.
     *
     * @param readers
     *            read the streams in which entries are pending for the consumer
     * @return makes them for a new connection
     */
    static Function<RedisConnection, HandOffs> inRedis(HandOff handOff, String consumer, List<GroupReader> readers) {
        return redis -> {
            handOff.prepare(redis);
            return new HandOffs() {
                @Override
                public Reply begin(HandOffBatch batch) {
                    return handOff.begin(redis, batch)::await;
                }

                @Override
                public OwnershipMark mark() {
                    return handOff.mark(redis, consumer);
                }

                @Override
                public boolean stands(OwnershipMark mark) {
                    return handOff.stands(redis, consumer, mark);
                }

                @Override
                public @Nullable EntryId oldestPending(String stream) {
                    return readers.stream().filter(reader -> reader.stream().equals(stream)).findFirst()
                            .map(reader -> reader.oldestPending(redis)).orElse(null);
                }

                @Override
                public List<String> streams() {
                    return readers.stream().map(GroupReader::stream).toList();
                }
            };
        };
    }
}
