package framebuffer.orchestrator.alerts;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.Timestamps;
import java.time.Instant;
import java.util.Comparator;

/**
 * Something that an operator should look at now.
 *
 * @param subject
 *            which camera, processor, capability or instance; empty: the rule is about no single one
 * @param since
 *            when it began to be so
 * @param summary
 *            for people
 */
public record Alert(Rule rule, String subject, Instant since, String summary) {
    /** The worst first, then the oldest. */
    public static final Comparator<Alert> ORDER = Comparator.comparing((Alert alert) -> alert.rule().severity())
            .thenComparing(Alert::since).thenComparing(Alert::rule).thenComparing(Alert::subject);

    /** As JSON, in the form of {@code GET /alerts}. */
    public ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("name", rule.word()).put("severity", rule.severity())
                .put("subject", subject).put("since", Timestamps.micros(since)).put("summary", summary)
                .put("runbook", rule.runbook());
    }

    /** What it is about, in short: {@code CircuitOpen face-1}. */
    public String title() {
        return subject.isEmpty() ? rule.word() : rule.word() + " " + subject;
    }
}
