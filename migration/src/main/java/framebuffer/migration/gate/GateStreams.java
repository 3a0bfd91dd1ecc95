package framebuffer.migration.gate;

import framebuffer.wire.Keys;

/**
 * The streams that the gate lies between.
 *
 * @param keys keys of this service, {@link Keys#gated}
 * @param group consumer group of this service
 * @param legacyGroup consumer group of the older service
 */
public record GateStreams(Keys keys, String group, String legacyGroup) {
    /** The older service's consumer group, as it is installed. */
    public static final String LEGACY_GROUP = "frame-buffer";

    /** Throws {@link IllegalArgumentException} when producers would write where this service reads. */
    public GateStreams {
        if (!keys.gated()) {
            throw new IllegalArgumentException("the gate needs keys behind a gate");
        }
        if (group.equals(legacyGroup)) {
            throw new IllegalArgumentException(
                    "both services use the consumer group " + group + "; give this one another --consumer-group");
        }
    }
}
