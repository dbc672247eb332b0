/** The storefront part of the HTTP contract, version 1, as the widget reads it. */

export interface Money { amount: number; currency: string }
export interface Unit { id: string; name: string | Record<string, string>; kind: string; spendable: boolean }
export interface Give { unit: string; add?: number | null; rate?: string | null; per?: Money | null }
export interface EarnRule { id: string; on: string; give: Give[]; conditional?: boolean }
export interface Tier {
  id: string; name: string;
  at: { amount: number; currency?: string | null; unit?: string | null } | null;
  multiply?: Record<string, string>; perks?: { id: string; text: string }[]; entry?: { unit: string; add: number }[];
  invite_only?: boolean; conditional?: boolean;
}
export interface TierGroup { id: string; by: 'spend' | 'points'; unit?: string | null; tiers: Tier[] }
export interface Reward {
  id: string; name: string; kind: string; cost: { unit: string; amount: number } | null; steps?: Steps | null; value?: Money | null;
  percent?: string | null; sku?: string | null; valid?: string | null; undo?: string | null; min_order?: Money | null;
}
/** One step of a reward, and how many may be taken at once. */
export interface Steps { points: number; value: Money | null; least: number; most: number }
export interface Program {
  program: { id: string; name: string; version: number; locale: string; locales: string[]; currency: string; timezone: string };
  units: Unit[]; earn: EarnRule[]; tier_groups: TierGroup[]; rewards: Reward[]; join: { how: 'automatic' | 'opt_in' };
}

export interface Balance { available: number; pending: number; held: number; deficit: number; text: string }
export interface Progress {
  value: number; from: number; to: number | null; next: { id: string; name: string } | null; missing: number | null; text?: string | null;
}
export interface TierState { group: string; id: string; name: string; since?: string | null; keep_until?: string | null; progress: Progress | null }
export interface RewardState {
  id: string; name: string; affordable: boolean; missing: number | null; reason: string | null;
  /** `best`: the most that this member can pay; 0 when none. */
  steps?: { least: number; most: number; best: number };
}
export type RewardRow = Reward & { state: RewardState | undefined };
export interface Code {
  redemption_id: string; code: string | null; reward_id: string; status: string; expires_at: string | null; undo_until: string | null;
}
export interface Redemption extends Code { points: Record<string, Balance> }
export interface Card {
  member: { id: string; name?: string | null; joined_at?: string | null } | null;
  points: Record<string, Balance>; tiers: TierState[]; rewards?: RewardState[]; codes?: Code[];
  expiring?: { unit: string; points: number; at: string }[]; program_version?: number; locale?: string;
}
export interface Entry { seq: number; unit: string; points: number; kind: string; occurred_at: string; sentence: string }
export interface Problem { status: number; code?: string | null; detail?: string }
/** What the `data` property gives and takes. */
export interface WidgetData { card?: Card | null; program?: Program | null }
