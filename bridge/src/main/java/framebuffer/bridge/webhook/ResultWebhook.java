package framebuffer.bridge.webhook;

import framebuffer.bridge.results.DeliveryCounts;
import framebuffer.bridge.results.DetectionJson;
import framebuffer.bridge.results.ResultFilter;
import framebuffer.bridge.results.ResultReceiver;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.frame.StoredResult.ObjectFinding;
import java.util.List;

/** Sends each result that passes a filter to a URL, one POST each. */
public final class ResultWebhook implements ResultReceiver, AutoCloseable {
    private final ResultFilter filter;
    private final WebhookSender post;
    private final DeliveryCounts counts;

    /**
     * A receiver.
     *
     * @param address http or https
     */
    public record WebhookSettings(SecretAddress address, ResultFilter filter) {
    }

    public ResultWebhook(WebhookSettings settings, DeliveryCounts counts) {
        this.filter = settings.filter();
        this.post = new WebhookSender(settings.address(), "results webhook");
        this.counts = counts;
    }

    @Override
    public int deliver(List<StoredResult> batch) throws InterruptedException {
        int settled = 0;
        for (StoredResult result : batch) {
            List<ObjectFinding> findings = filter.findings(result);
            if (!findings.isEmpty()) {
                switch (post.send(DetectionJson.of(result, findings))) {
                    case ACCEPTED -> {
                    }
                    case REFUSED -> counts.refuse();
                    case UNAVAILABLE -> {
                        return settled;
                    }
                }
            }
            settled++;
        }
        return settled;
    }

    @Override
    public void close() {
        post.close();
    }
}
