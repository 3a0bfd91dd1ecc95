package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.Candidate;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.ExplainedChoice;
import java.util.List;

/** Where a frame would go, as it is shown. What stands beside the strategy is the choice for the first capability. */
final class RoutingExplanationJson {
    private RoutingExplanationJson() {
    }

    static ObjectNode of(RoutingExplanation explanation) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ExplainedChoice first = explanation.choices().getFirst();
        json.put("processor_id", first.processorId()).put("strategy", explanation.strategy().word()).set("candidates",
                candidates(first.candidates()));
        ArrayNode choices = json.putArray("choices");
        explanation.choices().forEach(choice -> choices.addObject().put("capability", choice.capability())
                .put("processor_id", choice.processorId()).set("candidates", candidates(choice.candidates())));
        return json;
    }

    static ArrayNode candidates(List<Candidate> candidates) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        candidates.forEach(candidate -> list.addObject().put("processor_id", candidate.processorId())
                .put("utilization", candidate.utilization()).put("eligible", candidate.eligible())
                .put("reason", candidate.reason()));
        return list;
    }
}
