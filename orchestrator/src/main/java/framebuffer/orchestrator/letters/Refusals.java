package framebuffer.orchestrator.letters;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** That Redis refuses to extend the life of pixels is said when it begins and when it ends. For one thread. */
final class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);

    private final String what;
    private boolean refused;

    Refusals(String what) {
        this.what = what;
    }

    /**
     * What came of a batch.
     *
     * @param why
     *            null: nothing was refused
     */
    void said(@Nullable String why) {
        if (why != null && !refused) {
            log.warn("Redis refuses to extend the life of {}: {}", what, why);
        } else if (why == null && refused) {
            log.info("the life of {} is extended again", what);
        }
        refused = why != null;
    }
}
