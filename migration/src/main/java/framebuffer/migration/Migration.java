package framebuffer.migration;

import framebuffer.migration.gate.Gate;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.shadow.Shadow;
import framebuffer.migration.shadow.ShadowPolicy;
import framebuffer.migration.steps.MigrationState;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The part of an instance that takes part in a migration. */
public final class Migration implements AutoCloseable {
    private final RedisLoop gate;
    private final RedisLoop watch;
    private final Shadow shadow;
    private final StateWatch state;

    private Migration(RedisAddress redis, GateStreams streams, String instance, ShadowPolicy policy) {
        this.shadow = new Shadow(streams, policy, System::nanoTime);
        this.state = new StateWatch(streams);
        this.gate = new RedisLoop("gate", redis, new Gate(streams, instance, System::nanoTime, shadow));
        this.watch = new RedisLoop("migration", redis, state);
    }

    /** Knows where the migration is, for the metrics of this instance. */
    private static final class StateWatch implements RedisLoop.Work {
        private final GateStreams streams;
        private volatile @Nullable MigrationState last;

        StateWatch(GateStreams streams) {
            this.streams = streams;
        }

        @Override
        public void runOnce(RedisConnection redis) {
            last = MigrationState.read(redis, streams.keys());
        }

        @Override
        public Duration rest() {
            return Duration.ofSeconds(1);
        }
    }

    /**
     * Starts it; Redis may come later.
     *
     * @param instance name of this instance
     * @param policy for the decisions of the shadow
     */
    public static Migration start(RedisAddress redis, GateStreams streams, String instance, ShadowPolicy policy) {
        Migration migration = new Migration(redis, streams, instance, policy);
        migration.gate.start();
        migration.watch.start();
        return migration;
    }

    /** The shadow; it works on one instance at a time. */
    public Shadow shadow() {
        return shadow;
    }

    /** Where the migration was a second ago; empty: not known yet. */
    public Optional<MigrationState> state() {
        return Optional.ofNullable(state.last);
    }

    /** Why it cannot work at present; empty: it works. */
    public Optional<String> trouble() {
        return Stream.of(gate, watch).map(RedisLoop::trouble).flatMap(Stream::ofNullable).findFirst();
    }

    @Override
    public void close() {
        gate.close();
        watch.close();
    }
}
