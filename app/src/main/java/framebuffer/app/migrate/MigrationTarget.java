package framebuffer.app.migrate;

import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.steps.MigrationSteps;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.Keys;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of all commands that take a step of a migration. */
@OptionGroup("Migration")
final class MigrationTarget {
    @Mixin
    private final LogOptions logging = new LogOptions();

    @Mixin
    private final RedisOptions redis = new RedisOptions();

    @Option(names = "--consumer-group", paramLabel = "NAME", defaultValue = "frame-buffer-v2", description = "Consumer group of this service. Default: ${DEFAULT-VALUE}.")
    private String consumerGroup = "frame-buffer-v2";

    @Option(names = "--legacy-group", paramLabel = "NAME", defaultValue = GateStreams.LEGACY_GROUP, description = "Consumer group of the older service. Default: ${DEFAULT-VALUE}.")
    private String legacyGroup = GateStreams.LEGACY_GROUP;

    GateStreams streams() {
        return new GateStreams(new Keys(redis.keyPrefix(), true), consumerGroup, legacyGroup);
    }

    /**
     * Works on the Redis of the migration.
     *
     * @throws CannotRun when a step is refused, or Redis does not answer
     */
    <T> T on(Function<RedisConnection, T> work) {
        logging.apply();
        try (RedisConnection connection = RedisConnection.open(redis.givenOrRunning())) {
            return work.apply(connection);
        } catch (RedisUnavailable | RedisRefused | MigrationSteps.StepRefused | IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    MigrationSteps steps(RedisConnection connection) {
        return new MigrationSteps(connection, streams());
    }
}
