package framebuffer.orchestrator.pipeline.deadletters;

import framebuffer.redis.LastingFault;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** That Redis refuses to extend the life of pixels is said when it begins and when it ends. */
final class PixelExtensionFailures {
    private final LastingFault trouble;

    /**
     * @param what
     *            whose pixels they are
     */
    PixelExtensionFailures(String what) {
        this.trouble = new LastingFault(LoggerFactory.getLogger(PixelExtensionFailures.class), what);
    }

    /**
     * What came of a batch.
     *
     * @param why
     *            null: nothing was refused
     */
    void said(@Nullable String why) {
        if (why != null) {
            trouble.is("Redis refuses to extend their time to live: " + why);
        } else {
            trouble.over("their time to live is extended again");
        }
    }
}
