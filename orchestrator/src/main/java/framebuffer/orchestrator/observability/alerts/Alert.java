package framebuffer.orchestrator.observability.alerts;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.NaturalOrder;
import framebuffer.wire.text.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A condition that an operator should look at now.
 *
 * @param subject the camera, processor, capability or instance; empty: none
 * @param since when it began
 * @param summary for people
 */
public record Alert(AlertRule rule, String subject, Instant since, String summary) {
    /** Most severe first, then oldest. */
    public static final Comparator<Alert> ORDER = Comparator.comparing((Alert alert) -> alert.rule().severity())
            .thenComparing(Alert::since).thenComparing(Alert::rule).thenComparing(Alert::subject, NaturalOrder.NAMES);

    /** Most subjects of one rule that a line names. */
    private static final int SHOWN = 3;

    /** As JSON, in the form of {@code GET /alerts}, without its silence. */
    public ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("name", rule.word()).put("severity", rule.severity())
                .put("subject", subject).put("since", Timestamps.micros(since)).put("summary", summary)
                .put("runbook", rule.runbook());
    }

    /** The titles, in the same order. */
    static Set<String> titles(List<Alert> alerts) {
        return alerts.stream().map(Alert::title).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** All titles in one line, grouped by rule. */
    static String line(List<Alert> alerts) {
        Map<AlertRule, List<Alert>> kinds = new LinkedHashMap<>();
        alerts.forEach(alert -> kinds.computeIfAbsent(alert.rule(), _ -> new ArrayList<>()).add(alert));
        return kinds.entrySet().stream().map(kind -> kind.getValue().size() == 1
                ? kind.getValue().getFirst().title()
                : kind.getKey().word() + " (" + kind.getValue().size() + ": " + kind.getValue().stream().limit(SHOWN)
                        .map(Alert::subject).collect(Collectors.joining(", "))
                        + (kind.getValue().size() > SHOWN ? ", …)" : ")"))
                .collect(Collectors.joining(", "));
    }

    /** A short unique name: {@code CircuitOpen face-1}. */
    public String title() {
        return subject.isEmpty() ? rule.word() : rule.word() + " " + subject;
    }
}
