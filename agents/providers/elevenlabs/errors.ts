/** It refuses who has used up their credits as if the key were wrong. */
export const isUnpaid = (refusal: string): boolean =>
  /quota_exceeded|payment_required|paid_plan_required/.test(refusal);
