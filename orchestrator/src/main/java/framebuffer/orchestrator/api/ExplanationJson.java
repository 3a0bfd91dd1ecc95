package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.routing.Explanation;
import framebuffer.orchestrator.routing.Explanation.Candidate;
import framebuffer.orchestrator.routing.Explanation.Choice;
import java.util.List;

/** Where a frame would go, as it is shown. What stands beside the strategy is the choice for the first capability. */
final class ExplanationJson {
    private ExplanationJson() {
    }

    static ObjectNode of(Explanation explanation) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        Choice first = explanation.choices().getFirst();
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
