package framebuffer.orchestrator.observability.alerts;

import java.util.List;

/**
 * The result of the last evaluation.
 *
 * @param firing
 *            the alerts that fire, the worst first
 * @param verdicts
 *            with which the alerts were evaluated
 */
public record AlertReport(List<Alert> firing, Verdicts verdicts) {
    public AlertReport {
        firing = List.copyOf(firing);
    }
}
