package framebuffer.migration.splitter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.migration.splitter.ServiceSide.Outcome;
import framebuffer.migration.web.WebAnswer;
import framebuffer.migration.web.WebRequest;
import framebuffer.migration.web.WebServer;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Passes each request on to one side, and to the old one if the new one fails and the request cannot be done twice. */
final class ProxyResource implements WebServer.Resource {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");
    /**
     * What the old side may serve although the new one may have done it, because nothing is done twice: frames that the new side gave to
     * a client that never got them come back to its processors after some time.
     */
    private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS");

    /** With these, the new side has done nothing, and the older service does not know them: its clients would not understand. */
    private static final Set<Integer> REFUSALS = Set.of(401, 403, 421, 429);

    private final ServiceSide old;
    private final ServiceSide next;
    private final SplitShare share;
    private final RequestSplit split;
    private final AckTokens tokens = new AckTokens();
    private final AtomicLong fallbacks = new AtomicLong();
    private final AtomicLong acknowledging = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();

    ProxyResource(ServiceSide old, ServiceSide next, SplitShare share) {
        this.old = old;
        this.next = next;
        this.share = share;
        this.split = new RequestSplit(share::percent);
    }

    @Override
    public WebAnswer answer(WebRequest request) throws InterruptedException {
        if (!METHODS.contains(request.line().method())) {
            return WebAnswer.fault(405, "this method is not passed on");
        }
        try {
            return passOn(request);
        } catch (IllegalArgumentException e) {
            // The message may repeat anything of the request.
            return WebAnswer.fault(400, "a part of the request is no valid HTTP, and cannot be passed on");
        }
    }

    private WebAnswer passOn(WebRequest request) throws InterruptedException {
        boolean acknowledges = tokens.isIn(request);
        if (acknowledges) {
            acknowledging.incrementAndGet();
        }
        if (!split.choosesNew(acknowledges)) {
            return byOld(request);
        }
        String why;
        boolean undone;
        switch (next.send(request)) {
            case Outcome.Answered(WebAnswer answer) when answer.status() < 500
                    && !REFUSALS.contains(answer.status()) -> {
                tokens.answered(request, answer);
                next.passedOn();
                return answer;
            }
            case Outcome.Answered(WebAnswer answer) -> {
                why = "it answered " + answer.status();
                undone = REFUSALS.contains(answer.status());
                next.refused(why);
            }
            case Outcome.Failed(String reason, boolean isUnsent) -> {
                why = reason;
                undone = isUnsent;
            }
        }
        if (undone || REPEATABLE.contains(request.line().method())) {
            fallbacks.incrementAndGet();
            return byOld(request);
        }
        return unanswered("the new service failed, and may have done this: " + why);
    }

    private WebAnswer byOld(WebRequest request) throws InterruptedException {
        return switch (old.send(request)) {
            case Outcome.Answered(WebAnswer answer) -> {
                old.passedOn();
                yield answer;
            }
            case Outcome.Failed(String why, boolean _) -> unanswered("the old service failed: " + why);
        };
    }

    private WebAnswer unanswered(String why) {
        unanswered.incrementAndGet();
        return WebAnswer.fault(502, why);
    }

    ObjectNode status() {
        ObjectNode status = JsonNodeFactory.instance.objectNode().put("share", share.percent()).put("share_from",
                share.isOfMigration() ? "migration" : "split-proxy").put("share_trouble", share.trouble());
        status.set("old", old.json());
        status.set("new", next.json());
        return status.put("fallbacks", fallbacks.get()).put("acknowledging", acknowledging.get()).put("unanswered",
                unanswered.get());
    }
}
