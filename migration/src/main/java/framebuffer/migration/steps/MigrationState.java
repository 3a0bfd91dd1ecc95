package framebuffer.migration.steps;

import framebuffer.migration.steps.MigrationStatus.GateCounts;
import framebuffer.migration.steps.MigrationStatus.Stage;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.Keys;
import framebuffer.wire.control.TrafficSwitches;
import java.util.Optional;

/**
 * Where a migration is, in little: cheap enough to be read each second.
 *
 * @param switches what all instances obey
 * @param counts what the gate has counted since it was opened
 */
public record MigrationState(TrafficSwitches switches, GateCounts counts) {
    /** Reads it. */
    public static MigrationState read(RedisConnection redis, Keys keys) {
        return new MigrationState(MigrationSteps.switches(redis, keys),
                GateCounts.of(Replies.map(redis.call("HGETALL", keys.migration())), Optional.empty()));
    }

    /** Where the operator is. */
    public Stage stage() {
        return Stage.of(switches);
    }
}
