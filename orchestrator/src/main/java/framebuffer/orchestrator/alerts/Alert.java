package framebuffer.orchestrator.alerts;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.Timestamps;
import framebuffer.wire.text.NaturalOrder;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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
            .thenComparing(Alert::since).thenComparing(Alert::rule).thenComparing(Alert::subject, NaturalOrder.NAMES);

    /** As JSON, in the form of {@code GET /alerts}. */
    public ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("name", rule.word()).put("severity", rule.severity())
                .put("subject", subject).put("since", Timestamps.micros(since)).put("summary", summary)
                .put("runbook", rule.runbook());
    }

    /** What each is about, in the same order. */
    static Set<String> titles(List<Alert> alerts) {
        return alerts.stream().map(Alert::title).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** What it is about, in short, and in no other: {@code CircuitOpen face-1}. */
    public String title() {
        return subject.isEmpty() ? rule.word() : rule.word() + " " + subject;
    }
}
