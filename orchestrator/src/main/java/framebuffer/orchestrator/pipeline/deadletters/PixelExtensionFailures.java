package framebuffer.orchestrator.pipeline.deadletters;

import framebuffer.redis.LastingFault;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Logs once when Redis begins to refuse longer lives of pixels, and once when it stops. */
final class PixelExtensionFailures {
    private final LastingFault trouble;

    /**
     * @param what the owner of the pixels, for the log
     */
    PixelExtensionFailures(String what) {
        this.trouble = new LastingFault(LoggerFactory.getLogger(PixelExtensionFailures.class), what);
    }

    /**
     * Notes the result of a batch.
     *
     * @param why why Redis refused; null: it did not
     */
    void said(@Nullable String why) {
        if (why != null) {
            trouble.is("Redis refuses to extend their time to live: " + why);
        } else {
            trouble.over("their time to live is extended again");
        }
    }
}
