package framebuffer.app.serve;

import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import framebuffer.migration.gate.GateStreams;
import framebuffer.wire.Partitioning;
import picocli.CommandLine.Option;

/** How the service takes part in a migration from an older, polling service. */
@OptionGroup("Migration")
public final class MigrationOptions {
    @Option(names = "--migration", defaultValue = "false", description = "Takes part in a migration from an older service, step by step with frame-buffer migrate: until then this service gets no frame that producers announce. The same for all instances. Default: ${DEFAULT-VALUE}.")
    private boolean migration;

    @Option(names = "--shadow-mode", defaultValue = "false", description = "Like --migration, and begins with the first step: records what this service would do with each frame. Default: ${DEFAULT-VALUE}.")
    private boolean shadowMode;

    @Option(names = "--legacy-group", paramLabel = "NAME", defaultValue = GateStreams.LEGACY_GROUP, description = "Consumer group of the older service, with --migration. Default: ${DEFAULT-VALUE}.")
    private String legacyGroup = GateStreams.LEGACY_GROUP;

    /** Whether the service takes part in a migration. */
    boolean isOn() {
        return migration || shadowMode;
    }

    /** Whether the migration begins with a shadow. */
    boolean beginsAsShadow() {
        return shadowMode;
    }

    /**
     * The partition of a service that takes part.
     *
     * @throws CannotRun when there are several
     */
    Partitioning behindGate(Partitioning given) {
        if (!isOn()) {
            return given;
        }
        if (given.tagged()) {
            throw new CannotRun(
                    "a migration needs one partition on one Redis: change the number of partitions after it");
        }
        return Partitioning.behindGate(given.prefix());
    }

    /** The streams that the gate lies between. */
    GateStreams streams(Partitioning behindGate, String group) {
        try {
            return new GateStreams(behindGate.keys(0), group, legacyGroup);
        } catch (IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }
}
