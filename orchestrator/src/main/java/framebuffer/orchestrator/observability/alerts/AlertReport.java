package framebuffer.orchestrator.observability.alerts;

import java.util.List;

/**
 * The result of the last evaluation.
 *
 * @param firing the firing alerts, most severe first
 * @param verdicts the verdicts behind them
 */
public record AlertReport(List<Alert> firing, Verdicts verdicts) {
    public AlertReport {
        firing = List.copyOf(firing);
    }
}
