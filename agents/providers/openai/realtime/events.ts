/** What of a server's events is looked at; all of it may be missing. */
export interface ServerEvent {
  type: string;
  response_id?: string;
  item_id?: string;
  delta?: unknown;
  session?: { expires_at?: unknown };
  item?: { type?: string; call_id?: string; name?: string; arguments?: string };
  response?: {
    id?: string;
    status?: string;
    status_details?: { reason?: string; error?: Problem };
    usage?: Record<string, unknown>;
  };
  error?: Problem;
}

export interface Problem {
  type?: string;
  code?: string | null;
  message?: string;
}
