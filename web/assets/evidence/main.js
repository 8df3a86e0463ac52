// SPDX-License-Identifier: Apache-2.0
//
// The pages of the evidence provider's staff: the log, its checkpoints, what is deposited by kind and
// time, and a receipt with its proof. What can be checked is checked here, in the page, against the log's
// key; the server's word is not enough.
import { startStaff } from '../shared/staff.js';
import { renderCheckpoints } from './checkpoints.js';
import { renderDeposits } from './deposits.js';
import { renderOverview } from './overview.js';
import { renderReceipt, renderSearch } from './receipt.js';

startStaff({
    brand: '电子数据存证机构工作台',
    login: '登录电子数据存证机构工作台',
    pages: { log: ['存证日志', renderOverview], deposits: ['存证', renderDeposits], checkpoints: ['检查点', renderCheckpoints],
        receipts: ['回执', renderSearch] },
    details: { receipt: ['receipts', renderReceipt] },
});
