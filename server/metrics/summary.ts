import type { MetricsSummary } from '../../protocol/rest.ts';

/** One figure, as prom-client gives it as JSON. */
interface Figure {
  name: string;
  values: { value: number; labels: Record<string, string | number>; metricName?: string }[];
}

const GIGABYTE = 1e9;

/** The few figures that people ask for first. @param figures of the server and of every host */
export function summaryOf(figures: readonly unknown[][], now: { connections: number }): MetricsSummary {
  const sum = (name: string, wanted: Record<string, string> = {}): number => {
    let total = 0;
    for (const figure of figures.flat() as Figure[])
      for (const { value, labels, metricName } of figure.values ?? [])
        if ((metricName ?? figure.name) === name && Object.entries(wanted).every(([key, is]) => labels[key] === is))
          total += value;
    return total;
  };
  const mean = (name: string): number | null => {
    const count = sum(`${name}_count`);
    return count === 0 ? null : rounded(sum(`${name}_sum`) / count);
  };
  const minutes = sum('visavis_conversation_seconds_total') / 60;
  return {
    avg_response_time: mean('visavis_turn_voice_to_voice_seconds'),
    avg_response_time_played: mean('visavis_turn_voice_to_voice_played_seconds'),
    memory_usage_gb: rounded(
      (sum('visavis_server_process_resident_memory_bytes') +
        sum('visavis_agent_process_resident_memory_bytes') +
        sum('visavis_server_child_resident_bytes') +
        sum('visavis_agent_child_resident_bytes')) /
        GIGABYTE,
    ),
    active_connections: now.connections,
    total_requests: sum('visavis_http_requests_total'),
    rooms: sum('visavis_rooms'),
    participants: sum('visavis_participants'),
    conversations: sum('visavis_agent_jobs'),
    turns: sum('visavis_turns_total'),
    turns_interrupted: sum('visavis_turns_total', { outcome: 'interrupted' }),
    provider_errors: sum('visavis_provider_errors_total'),
    cost_per_conversation_minute: minutes === 0 ? 0 : sum('visavis_provider_cost_total') / minutes,
  };
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
