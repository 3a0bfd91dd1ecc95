package framebuffer.migration;

import framebuffer.migration.gate.Gate;
import framebuffer.migration.gate.GateStreams;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisLoop;
import java.util.Optional;

/** The part of an instance that takes part in a migration. */
public final class Migration implements AutoCloseable {
    private final RedisLoop gate;

    private Migration(RedisLoop gate) {
        this.gate = gate;
    }

    /**
     * Starts it; Redis may come later.
     *
     * @param instance name of this instance
     */
    public static Migration start(RedisAddress redis, GateStreams streams, String instance) {
        return new Migration(new RedisLoop("gate", redis, new Gate(streams, instance, System::nanoTime)).start());
    }

    /** Why it cannot work at present; empty: it works. */
    public Optional<String> trouble() {
        return Optional.ofNullable(gate.trouble());
    }

    @Override
    public void close() {
        gate.close();
    }
}
