package framebuffer.bridge.results;

import framebuffer.wire.frame.StoredResult;
import java.util.List;

/** Takes results to somebody else. */
@FunctionalInterface
public interface ResultReceiver {
    /**
     * Delivers results, oldest first; may block for some seconds.
     *
     * @param batch at most 100, all with status success
     * @return how many, from the first, need not be delivered again; those after them are offered again after a pause
     */
    int deliver(List<StoredResult> batch) throws InterruptedException;
}
